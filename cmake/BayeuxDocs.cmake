# The target `docs`: the manual as web pages, in the build folder below docs/html, where Doxygen is found.
find_program(BAYEUX_DOXYGEN doxygen)
mark_as_advanced(BAYEUX_DOXYGEN)
if(NOT BAYEUX_DOXYGEN)
  return()
endif()

set(BAYEUX_DOCS ${PROJECT_BINARY_DIR}/docs)
file(MAKE_DIRECTORY ${BAYEUX_DOCS})
configure_file(${CMAKE_CURRENT_LIST_DIR}/Doxyfile.in ${BAYEUX_DOCS}/Doxyfile @ONLY)
add_custom_target(docs
  COMMAND ${BAYEUX_DOXYGEN} ${BAYEUX_DOCS}/Doxyfile
  COMMENT "Writing the manual to ${BAYEUX_DOCS}/html"
  VERBATIM)
