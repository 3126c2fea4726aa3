# The last lines of a configuration: what will be built, and what is left out and why.

function(nova_report what built missing)
    if(built)
        message(STATUS "  ${what}: yes")
    else()
        message(STATUS "  ${what}: left out (${missing})")
    endif()
endfunction()

function(nova_report_target what target option missing)
    if(NOT ${option})
        nova_report("${what}" FALSE "${option} is OFF")
    elseif(TARGET ${target})
        nova_report("${what}" TRUE "")
    else()
        nova_report("${what}" FALSE "${missing}")
    endif()
endfunction()

message(STATUS "nova_winograd ${PROJECT_VERSION}, ${CMAKE_BUILD_TYPE}")
if(NOVA_SANITIZE)
    message(STATUS "  sanitizers: ${NOVA_SANITIZE}")
endif()
message(STATUS "  library: yes")
nova_report_target("nova command" nova NOVA_BUILD_CLI "no source")
nova_report_target("exact algebra (verify, emit --points)" nova_algebra NOVA_DISCOVERY
                   "needs FLINT, MPFR, GMP and LAPACKE")
nova_report_target("search for point sets (discover)" nova_discover NOVA_DISCOVERY
                   "needs NLopt beside these")
nova_report_target("engine for CUDA devices" nova_winograd_cuda NOVA_CUDA "needs nvcc")
nova_report_target("library of the Python package" nova_torch NOVA_PYTHON "needs a C++ compiler")
nova_report_target("demo" nova-demo NOVA_BUILD_EXAMPLES "needs cairo")
nova_report_target("tests in C" test_status NOVA_BUILD_TESTS "needs cmocka")
