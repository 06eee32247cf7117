import os
import zipfile

from hatchling.builders.plugin.interface import BuilderInterface


class Zipped(BuilderInterface):
    def get_version_api(self):
        return {"standard": self.build_standard}

    def clean(self, directory, versions):
        pass

    def build_standard(self, directory, **build_data):
        target = os.path.join(directory, "demo.zip")
        with zipfile.ZipFile(target, "w") as archive:
            for included in self.recurse_included_files():
                archive.write(included.path, included.distribution_path)
        return target
