# How tests are written down:
#
#   nova_add_test(NAME [SOURCES a.c ...] [LIBRARIES target ...] [LABELS label ...] [TIMEOUT seconds])
#
# builds a cmocka program of the given sources (default: NAME.c) against the static library, so
# that internal functions are in reach, and registers it with ctest. Nothing is added where cmocka
# is not installed. Tests labelled "threads" are the ones that the ThreadSanitizer build runs.

if(PkgConfig_FOUND)
    pkg_check_modules(CMOCKA IMPORTED_TARGET cmocka)
endif()

function(nova_add_test name)
    if(NOT CMOCKA_FOUND)
        return()
    endif()
    cmake_parse_arguments(TEST "" "TIMEOUT" "SOURCES;LIBRARIES;LABELS" ${ARGN})
    if(NOT TEST_SOURCES)
        set(TEST_SOURCES ${name}.c)
    endif()
    if(NOT TEST_TIMEOUT)
        set(TEST_TIMEOUT 600)
    endif()
    add_executable(${name} ${TEST_SOURCES})
    target_link_libraries(${name} PRIVATE nova_winograd_static ${TEST_LIBRARIES}
                                          PkgConfig::CMOCKA)
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT ${TEST_TIMEOUT})
    if(NOVA_SANITIZE)
        # Impossible sizes are asked for on purpose, and so are threads after a fork.
        set_tests_properties(${name} PROPERTIES ENVIRONMENT
            "ASAN_OPTIONS=allocator_may_return_null=1;TSAN_OPTIONS=allocator_may_return_null=1:die_after_fork=0;NOVA_TEST_SAMPLE=5")
    endif()
    if(TEST_LABELS)
        set_tests_properties(${name} PROPERTIES LABELS "${TEST_LABELS}")
    endif()
endfunction()
