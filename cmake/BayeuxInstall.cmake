# `cmake --install` lays down headers, libraries, the CMake package `bayeux` and pkg-config files. fmt is compiled in
# header-only, RapidJSON and Asio are headers anyway, and Debian's llhttp is part of our archive: a consumer needs none of them.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/bayeux)
set(pc_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
# Relative to the file itself, so that `cmake --install --prefix` works and the tree can be moved.
file(RELATIVE_PATH BAYEUX_PC_PREFIX /x/${pc_dir} /x)

# bayeux_install(<target> <name of its file of targets> <.pc file>): each component is exported apart, as a consumer may lack
# what only one of them needs.
function(bayeux_install target export pc)
  set_target_properties(${target} PROPERTIES
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  install(TARGETS ${target} EXPORT ${export}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
    INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(EXPORT ${export} NAMESPACE bayeux:: FILE ${export}.cmake DESTINATION ${package_dir})
  if(BUILD_SHARED_LIBS)
    list(FILTER BAYEUX_PC_REQUIRES INCLUDE REGEX "^bayeux")
    set(BAYEUX_PC_LIBS "")
  endif()
  list(JOIN BAYEUX_PC_REQUIRES ", " BAYEUX_PC_REQUIRES)
  list(JOIN BAYEUX_PC_LIBS " " BAYEUX_PC_LIBS)
  configure_file(cmake/${pc}.pc.in ${PROJECT_BINARY_DIR}/${pc}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${pc}.pc DESTINATION ${pc_dir})
endfunction()

# What an archive does not contain: CMake packages, pkg-config packages, and libraries that have none.
# Who links an archive has to link them too, with `pkg-config --static` or without; a shared library brings them along.
set(BAYEUX_COMPONENTS "")
set(BAYEUX_ASIO_SERVER_PACKAGES "")
set(BAYEUX_RE2_PACKAGES "")

bayeux_install(bayeux bayeux-targets bayeux)

if(TARGET bayeux_asio)
  list(APPEND BAYEUX_COMPONENTS asio_server)
  set(BAYEUX_PC_REQUIRES bayeux)
  set(BAYEUX_PC_LIBS "")
  if(NOT TARGET bayeux_llhttp)
    list(APPEND BAYEUX_ASIO_SERVER_PACKAGES llhttp)
    list(APPEND BAYEUX_PC_LIBS -lllhttp)
  endif()
  if(BAYEUX_HAS_TLS)
    list(APPEND BAYEUX_ASIO_SERVER_PACKAGES OpenSSL)
    list(APPEND BAYEUX_PC_REQUIRES libssl)
  endif()
  if(BAYEUX_HAS_WEBSOCKET)
    list(APPEND BAYEUX_ASIO_SERVER_PACKAGES wslay OpenSSL)
    list(APPEND BAYEUX_PC_REQUIRES libcrypto)
    list(APPEND BAYEUX_PC_LIBS -lwslay)
  endif()
  if(BAYEUX_HAS_COMPRESSION)
    list(APPEND BAYEUX_ASIO_SERVER_PACKAGES ZLIB)
    list(APPEND BAYEUX_PC_REQUIRES zlib)
  endif()
  list(REMOVE_DUPLICATES BAYEUX_ASIO_SERVER_PACKAGES)
  bayeux_install(bayeux_asio bayeux-asio_server-targets bayeux-asio-server)
endif()

if(TARGET bayeux_re2)
  list(APPEND BAYEUX_COMPONENTS re2)
  set(BAYEUX_RE2_PACKAGES RE2)
  set(BAYEUX_PC_REQUIRES bayeux re2)
  set(BAYEUX_PC_LIBS "")
  bayeux_install(bayeux_re2 bayeux-re2-targets bayeux-re2)
endif()

if(BUILD_SHARED_LIBS)
  set(BAYEUX_ASIO_SERVER_PACKAGES "")
  set(BAYEUX_RE2_PACKAGES "")
endif()
foreach(package ${BAYEUX_ASIO_SERVER_PACKAGES} ${BAYEUX_RE2_PACKAGES})
  if(EXISTS ${PROJECT_SOURCE_DIR}/cmake/Find${package}.cmake)
    install(FILES cmake/Find${package}.cmake DESTINATION ${package_dir})
  endif()
endforeach()

install(DIRECTORY include/ transports/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
# Not bayeux-config.cmake: find_package(Bayeux), which means a library from physics, would look for that one, too.
configure_package_config_file(cmake/bayeuxConfig.cmake.in ${PROJECT_BINARY_DIR}/bayeuxConfig.cmake
  INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/bayeuxConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/bayeuxConfig.cmake ${PROJECT_BINARY_DIR}/bayeuxConfigVersion.cmake
  DESTINATION ${package_dir})
