"""A recipe for the tree in which it lies: conan create cmake/packaging/conan"""

import os

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load

# Option: the packages of Conan Center that it needs, and what CMake calls them.
NEEDS = {
    "asio": {"asio/1.30.2": "Asio", "llhttp/9.1.3": "llhttp"},
    "websocket": {"wslay/1.1.1": "wslay", "openssl/[>=3 <4]": "OpenSSL"},
    "tls": {"openssl/[>=3 <4]": "OpenSSL"},
    "compression": {"zlib/[>=1.2.11 <2]": "ZLIB"},
    "re2": {"re2/20230301": "RE2"},
}
SERVER_OPTIONS = ("websocket", "tls", "compression")


class BayeuxRecipe(ConanFile):
    name = "bayeux"
    description = "A publish/subscribe message bus over Bayeux (CometD), to embed"
    license = "MIT"
    topics = ("bayeux", "cometd", "publish-subscribe", "comet", "websocket")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {
        "shared": [True, False],
        "fPIC": [True, False],
        # Whether the libraries we use are those of the system, instead of packages of Conan.
        "system_libraries": [True, False],
        **{name: [True, False] for name in NEEDS},
    }
    default_options = {
        "shared": False,
        "fPIC": True,
        "system_libraries": False,
        **{name: True for name in NEEDS},
    }
    implements = ["auto_shared_fpic"]

    @property
    def tree(self):
        return os.path.join(self.recipe_folder, "..", "..", "..")

    def set_version(self):
        text = load(self, os.path.join(self.tree, "CMakeLists.txt"))
        self.version = text.split("VERSION ", 2)[2].split()[0]

    def export_sources(self):
        for pattern in ("CMakeLists.txt", "LICENSE", "cmake/*", "include/*", "src/*", "transports/*"):
            copy(self, pattern, self.tree, self.export_sources_folder)

    def configure(self):
        if not self.options.asio:
            for name in SERVER_OPTIONS:
                self.options.rm_safe(name)

    def used(self):
        """The packages that this configuration uses, by what CMake calls them."""
        found = {}
        for option, packages in NEEDS.items():
            if self.options.get_safe(option):
                found.update({name: package for package, name in packages.items()})
        return found

    def requirements(self):
        if self.options.system_libraries:
            return
        self.requires("rapidjson/1.1.0", visible=False)
        self.requires("fmt/[>=9 <12]", options={"header_only": True}, visible=False)
        for package in sorted(set(self.used().values())):
            # Their headers as well: our CMake package looks for both.
            self.requires(package, transitive_headers=True, transitive_libs=True)

    def validate(self):
        check_min_cppstd(self, 20)

    def layout(self):
        cmake_layout(self)

    def generate(self):
        toolchain = CMakeToolchain(self)
        for option in NEEDS:
            toolchain.cache_variables["BAYEUX_" + option.upper()] = bool(self.options.get_safe(option))
        for package in self.used():
            toolchain.cache_variables["CMAKE_REQUIRE_FIND_PACKAGE_" + package] = True
        for part in ("EXAMPLES", "TESTS"):
            toolchain.cache_variables["BAYEUX_" + part] = False
        toolchain.generate()
        CMakeDeps(self).generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))

    def package_info(self):
        # Our own package file says more than Conan could make of it.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = [os.path.join("lib", "cmake", "bayeux")]
        self.cpp_info.libs = ["bayeux"]
        if self.options.asio:
            self.cpp_info.libs.insert(0, "bayeux_asio_server")
        if self.options.re2:
            self.cpp_info.libs.insert(0, "bayeux_re2")
        if self.settings.os in ("Linux", "FreeBSD"):
            self.cpp_info.system_libs = ["pthread"]
