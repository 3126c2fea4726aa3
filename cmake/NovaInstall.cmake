# What `cmake --install` puts where: libraries, header, command, shape files, the scripts that run
# other libraries for `nova bench`, and the two ways by which other projects find nova, CMake's
# find_package(nova_winograd) and pkg-config.

include(CMakePackageConfigHelpers)

install(TARGETS nova_winograd nova_winograd_static EXPORT nova_winogradTargets
        RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${CMAKE_SOURCE_DIR}/include/nova_winograd.h
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

if(TARGET nova_winograd_cuda)
    install(TARGETS nova_winograd_cuda EXPORT nova_winogradTargets
            LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
            INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
    install(FILES ${CMAKE_SOURCE_DIR}/include/nova_winograd_gpu.h
            DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endif()

if(TARGET nova_winograd_hip)
    install(TARGETS nova_winograd_hip EXPORT nova_winogradTargets
            LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
            INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
    install(FILES ${CMAKE_SOURCE_DIR}/include/nova_winograd_hip.h
            DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endif()

set(nova_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/nova_winograd)
install(EXPORT nova_winogradTargets NAMESPACE nova_winograd:: DESTINATION ${nova_cmake_dir})
configure_package_config_file(${CMAKE_SOURCE_DIR}/cmake/nova_winogradConfig.cmake.in
    ${CMAKE_BINARY_DIR}/nova_winogradConfig.cmake INSTALL_DESTINATION ${nova_cmake_dir})
# Before 1.0 a minor version may break its callers.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/nova_winogradConfigVersion.cmake
    VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/nova_winogradConfig.cmake
              ${CMAKE_BINARY_DIR}/nova_winogradConfigVersion.cmake
        DESTINATION ${nova_cmake_dir})

# pkg-config reads the prefix off the place of the file, so that an installed tree can be moved.
file(RELATIVE_PATH nova_prefix_from_pc
     /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(${CMAKE_SOURCE_DIR}/cmake/nova_winograd.pc.in
               ${CMAKE_BINARY_DIR}/nova_winograd.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/nova_winograd.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

if(TARGET nova)
    install(TARGETS nova RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
    install(DIRECTORY ${CMAKE_SOURCE_DIR}/bench/shapes
            DESTINATION ${CMAKE_INSTALL_DATADIR}/nova_winograd)
    install(DIRECTORY ${CMAKE_SOURCE_DIR}/bench/peers
            DESTINATION ${CMAKE_INSTALL_DATADIR}/nova_winograd
            FILES_MATCHING PATTERN "*.py" PATTERN "requirements.txt")
    if(EXISTS ${CMAKE_SOURCE_DIR}/cli/nova.1)
        install(FILES ${CMAKE_SOURCE_DIR}/cli/nova.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
    endif()
endif()
