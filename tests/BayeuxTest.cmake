# One Catch2 program, one entry in ctest:
#
#   bayeux_test(<name> <sources>... [ASIO] [INTERNALS] [RUN_SERIAL] [TIMEOUT <seconds>] [LABELS <label>...])
#
# ASIO       links the embedded server, and leaves the test out when that is not built
# INTERNALS  lets it include what is below src/ and transports/, and what they include
# RUN_SERIAL runs it while no other test runs
# LABELS     default: the folder's name. `browser`, `bench` and `autobahn` are left out by the presets with sanitizers
#
# Without sources nothing is made, so that a folder can begin empty.
function(bayeux_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "ASIO;INTERNALS;RUN_SERIAL" "TIMEOUT" "LABELS")
  set(sources ${arg_UNPARSED_ARGUMENTS})
  if(NOT sources OR (arg_ASIO AND NOT TARGET bayeux_asio))
    return()
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  if(NOT arg_LABELS)
    get_filename_component(arg_LABELS ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  endif()

  add_executable(${name} ${sources})
  bayeux_target(${name})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE bayeux_test_main bayeux)
  if(arg_ASIO)
    target_link_libraries(${name} PRIVATE bayeux_asio)
  endif()
  # Asio brings definitions of its own.
  if(arg_INTERNALS)
    bayeux_test_internals(${name} ${arg_ASIO})
    if(NOT arg_ASIO)
      target_precompile_headers(${name} REUSE_FROM bayeux_test_internal_headers)
    endif()
  elseif(NOT arg_ASIO)
    target_precompile_headers(${name} REUSE_FROM bayeux_test_headers)
  endif()

  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}" RUN_SERIAL ${arg_RUN_SERIAL})
endfunction()

function(bayeux_test_internals name asio)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/transports)
  target_include_directories(${name} SYSTEM PRIVATE ${RAPIDJSON_INCLUDE_DIRS} ${RapidJSON_INCLUDE_DIRS})
  target_link_libraries(${name} PRIVATE fmt::fmt-header-only)
  if(asio)
    target_link_libraries(${name} PRIVATE Asio::asio)
  endif()
endfunction()
