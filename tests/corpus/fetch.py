"""Fetch one published sdist with the settings of the pip that runs this, without building it or running its code.

`pip download` asks the build backend of an sdist for its metadata, and so runs what is in it.
Usage: NAME VERSION FOLDER; prints the path of the file.
"""

import os
import sys

from pip._internal.commands import create_command

name, version, folder = sys.argv[1:]
command = create_command("download")
options, _ = command.parse_args(["--no-deps", "--no-binary", ":all:", name])
with command.main_context():
    session = command.get_default_session(options)
    finder = command._build_package_finder(options=options, session=session)  # noqa: SLF001 - pip has no interface
    found = [each.link for each in finder.find_all_candidates(name) if str(each.version) == version]
    if not found:
        sys.exit(f"there is no sdist of {name} {version}")
    path = os.path.join(folder, found[0].filename)
    response = session.get(found[0].url_without_fragment, headers={"Accept-Encoding": "identity"}, stream=True)
    response.raise_for_status()
    with open(path, "wb") as file:
        file.writelines(response.iter_content(1 << 16))
print(path)
