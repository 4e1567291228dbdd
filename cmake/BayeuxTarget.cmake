# What all our own targets share. Warnings come from BAYEUX_WARNINGS, which presets set: whoever embeds us does not
# inherit them.
set(BAYEUX_WARNINGS "" CACHE STRING "Compiler options for our own code, such as -Wall;-Werror")
set(BAYEUX_SANITIZE "" CACHE STRING "Sanitizers for everything built here, such as address,undefined")

function(bayeux_target name)
  target_compile_features(${name} PUBLIC cxx_std_20)
  target_compile_options(${name} PRIVATE ${BAYEUX_WARNINGS})
  # Names in anonymous namespaces are those of one file, also where a project above ours joins its own.
  set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
  if(BAYEUX_SANITIZE)
    target_compile_options(${name} PRIVATE -fsanitize=${BAYEUX_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # With sanitizers on, g++ sees uninitialised variables where there are none.
      target_compile_options(${name} PRIVATE -Wno-maybe-uninitialized)
    endif()
    target_link_options(${name} PUBLIC -fsanitize=${BAYEUX_SANITIZE})
  endif()
endfunction()
