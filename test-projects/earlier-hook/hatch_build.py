from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Later(BuildHookInterface):
    def initialize(self, version, build_data):
        what = self.config["does"]
        if what == "force_include":
            build_data["force_include"]["extra"] = "demo/extra" if self.target_name == "wheel" else "inner/extra"
        elif what == "artifacts":
            build_data["artifacts"].append("*.bin")
        else:
            build_data[what] = {"extra": "extra"}
