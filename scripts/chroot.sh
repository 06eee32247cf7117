#!/bin/sh
# Run tests in Debian sid, which has the newest CPython, and PyPy: needs root, debootstrap and network access.
#
#   scripts/chroot.sh DIRECTORY [PYTHON [PYTEST ARGUMENT …]]
#   scripts/chroot.sh /srv/sid pypy3 tests/archive
#
# Creates the chroot in DIRECTORY if it does not exist. PYTHON is python3 by default. A python3.N or pypy3 that the
# chroot lacks is installed, from experimental if sid does not have it.
set -eu

[ $# -gt 0 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 2; }
directory=$1
python=${2:-python3}
[ $# -lt 2 ] || shift
shift
here=$(cd "$(dirname "$0")/.." && pwd)
mirror=http://deb.debian.org/debian

certificates=/etc/ssl/certs/ca-certificates.crt
inside() {
  chroot "$directory" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 SSL_CERT_FILE="$certificates" "$@"
}

if [ ! -e "$directory/usr/bin/git" ]; then
  debootstrap --variant=minbase --include=ca-certificates,git sid "$directory" "$mirror"
  echo "deb $mirror experimental main" >"$directory/etc/apt/sources.list.d/experimental.list"
fi
cp /etc/resolv.conf "$directory/etc/"
cp "$certificates" "$directory$certificates"
for device in null zero full random urandom; do
  [ -e "$directory/dev/$device" ] || cp -a "/dev/$device" "$directory/dev/"
done
mountpoint -q "$directory/proc" || mount -t proc proc "$directory/proc"
trap 'umount "$directory/proc"' EXIT

if ! inside "$python" -c 'import ensurepip' 2>/dev/null; then
  inside apt-get -qq -o Acquire::Check-Valid-Until=false update
  inside apt-get -qq install -y "$python-venv" || inside apt-get -qq install -y -t experimental "$python-venv"
fi

project=/srv/hatch-nocache
rm -rf "$directory$project"
mkdir -p "$directory$project"
(cd "$here" && git ls-files -z --cached --others --exclude-standard | tar --null -cf - -T -) |
  tar -xf - -C "$directory$project"

# The dependencies of `hatch test`, in versions that need no compiler: newer jsonschema depends on rpds-py.
requirements='
import pathlib, tomllib
environment = tomllib.loads(pathlib.Path("hatch.toml").read_text())["envs"]["hatch-test"]
print("\n".join(environment["dependencies"]).replace("[psutil]", ""))
'
inside "$python" -m venv "/srv/$python"
inside sh -euc "
  cd $project
  /srv/$python/bin/python -c '$requirements' >/srv/requirements.txt
  /srv/$python/bin/python -m pip install -q --only-binary hypothesis,rpds-py -r /srv/requirements.txt -e .
"
# shellcheck disable=SC2016 # the inner shell expands them
inside sh -euc 'cd "$0" && exec "$@"' "$project" "/srv/$python/bin/python" -m pytest -p no:cacheprovider "$@"
