/*
 * codelet_list.h - what codelets.h holds: X(index, name, rows, columns).
 *
 * Written by nova-generate (src/codegen) from src/transforms/points.def; do not edit.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
/* clang-format off */
#ifndef NOVA_CODELET_LIST_H
#define NOVA_CODELET_LIST_H

#define NOVA_CODELET_COUNT 207

#define NOVA_FOR_EACH_INPUT_CODELET(X) \
    X(0, input_f11_direct, 1, 1) \
    X(3, input_f13_direct, 3, 3) \
    X(6, input_f15_direct, 5, 5) \
    X(9, input_f17_direct, 7, 7) \
    X(12, input_f23_z1p1u0, 4, 4) \
    X(15, input_f23_z0p0u3, 4, 4) \
    X(18, input_f33_z1p1u1, 5, 5) \
    X(21, input_f33_z0p2u0, 5, 5) \
    X(24, input_f33_z0p0u4, 5, 5) \
    X(27, input_f43_z1p2u0, 6, 6) \
    X(30, input_f43_z0p0u5, 6, 6) \
    X(33, input_f53_z1p2u1, 7, 7) \
    X(36, input_f53_z0p3u0, 7, 7) \
    X(39, input_f53_z0p0u6, 7, 7) \
    X(42, input_f63_z1p3u0, 8, 8) \
    X(45, input_f63_z0p0u7, 8, 8) \
    X(48, input_f73_z1p3u1, 9, 9) \
    X(51, input_f73_z0p4u0, 9, 9) \
    X(54, input_f73_z0p0u8, 9, 9) \
    X(57, input_f83_z1p4u0, 10, 10) \
    X(60, input_f83_z0p0u9, 10, 10) \
    X(63, input_f25_z1p2u0, 6, 6) \
    X(66, input_f25_z0p0u5, 6, 6) \
    X(69, input_f35_z1p2u1, 7, 7) \
    X(72, input_f35_z0p3u0, 7, 7) \
    X(75, input_f35_z0p0u6, 7, 7) \
    X(78, input_f45_z1p3u0, 8, 8) \
    X(81, input_f45_z0p0u7, 8, 8) \
    X(84, input_f65_z1p4u0, 10, 10) \
    X(87, input_f65_z0p0u9, 10, 10) \
    X(90, input_f27_z1p3u0, 8, 8) \
    X(93, input_f27_z0p0u7, 8, 8) \
    X(96, input_f43_z1p1u2, 6, 6) \
    X(99, input_f83_z1p3u2, 10, 10) \
    X(102, input_f93_z0p5u0, 11, 11) \
    X(105, input_f10x3_z1p5u0, 12, 12) \
    X(108, input_f11x3_z0p6u0, 13, 13) \
    X(111, input_f12x3_z1p6u0, 14, 14) \
    X(114, input_f13x3_z0p7u0, 15, 15) \
    X(117, input_f14x3_z1p7u0, 16, 16) \
    X(120, input_f15x3_z0p8u0, 17, 17) \
    X(123, input_f16x3_z1p8u0, 18, 18) \
    X(126, input_f55_z0p4u0, 9, 9) \
    X(129, input_f55_z0p0u8, 9, 9) \
    X(132, input_f75_z0p5u0, 11, 11) \
    X(135, input_f85_z1p5u0, 12, 12) \
    X(138, input_f37_z0p4u0, 9, 9) \
    X(141, input_f37_z0p0u8, 9, 9) \
    X(144, input_f47_z1p4u0, 10, 10) \
    X(147, input_f47_z0p0u9, 10, 10) \
    X(150, input_f57_z0p5u0, 11, 11) \
    X(153, input_f67_z1p5u0, 12, 12) \
    X(156, input_f43_z1p1u0_x2p1, 7, 6) \
    X(159, input_f63_z1p2u0_x2p1, 9, 8) \
    X(162, input_f83_z1p3u0_x2p1, 11, 10) \
    X(165, input_f10x3_z1p4u0_x2p1, 13, 12) \
    X(168, input_f12x3_z1p5u0_x2p1, 15, 14) \
    X(171, input_f63_z1p1u0_x2pxp1_x2mxp1, 10, 8) \
    X(174, input_f83_z1p2u0_x2pxp1_x2mxp1, 12, 10) \
    X(177, input_f10x3_z1p3u0_x2pxp1_x2mxp1, 14, 12) \
    X(180, input_f12x3_z1p4u0_x2pxp1_x2mxp1, 16, 14) \
    X(183, input_f12x3_z1p3u0_x2p1_x2pxp1_x2mxp1, 17, 14) \
    X(186, input_f63_z1p3u0_reciprocal, 8, 8) \
    X(189, input_f83_z1p3u0_x2p1_reciprocal, 11, 10) \
    X(192, input_f12x3_z1p5u0_x2p1_reciprocal, 15, 14) \
    X(195, input_f83_z1p2u0_x2pxp1_x2mxp1_reciprocal, 12, 10) \
    X(198, input_f10x3_z1p3u0_x2pxp1_x2mxp1_reciprocal, 14, 12) \
    X(201, input_f12x3_z1p4u0_x2pxp1_x2mxp1_reciprocal, 16, 14) \
    X(204, input_f12x3_z1p3u0_x2p1_x2pxp1_x2mxp1_reciprocal, 17, 14)

#define NOVA_FOR_EACH_FILTER_CODELET(X) \
    X(1, filter_f11_direct, 1, 1) \
    X(4, filter_f13_direct, 3, 3) \
    X(7, filter_f15_direct, 5, 5) \
    X(10, filter_f17_direct, 7, 7) \
    X(13, filter_f23_z1p1u0, 4, 3) \
    X(16, filter_f23_z0p0u3, 4, 3) \
    X(19, filter_f33_z1p1u1, 5, 3) \
    X(22, filter_f33_z0p2u0, 5, 3) \
    X(25, filter_f33_z0p0u4, 5, 3) \
    X(28, filter_f43_z1p2u0, 6, 3) \
    X(31, filter_f43_z0p0u5, 6, 3) \
    X(34, filter_f53_z1p2u1, 7, 3) \
    X(37, filter_f53_z0p3u0, 7, 3) \
    X(40, filter_f53_z0p0u6, 7, 3) \
    X(43, filter_f63_z1p3u0, 8, 3) \
    X(46, filter_f63_z0p0u7, 8, 3) \
    X(49, filter_f73_z1p3u1, 9, 3) \
    X(52, filter_f73_z0p4u0, 9, 3) \
    X(55, filter_f73_z0p0u8, 9, 3) \
    X(58, filter_f83_z1p4u0, 10, 3) \
    X(61, filter_f83_z0p0u9, 10, 3) \
    X(64, filter_f25_z1p2u0, 6, 5) \
    X(67, filter_f25_z0p0u5, 6, 5) \
    X(70, filter_f35_z1p2u1, 7, 5) \
    X(73, filter_f35_z0p3u0, 7, 5) \
    X(76, filter_f35_z0p0u6, 7, 5) \
    X(79, filter_f45_z1p3u0, 8, 5) \
    X(82, filter_f45_z0p0u7, 8, 5) \
    X(85, filter_f65_z1p4u0, 10, 5) \
    X(88, filter_f65_z0p0u9, 10, 5) \
    X(91, filter_f27_z1p3u0, 8, 7) \
    X(94, filter_f27_z0p0u7, 8, 7) \
    X(97, filter_f43_z1p1u2, 6, 3) \
    X(100, filter_f83_z1p3u2, 10, 3) \
    X(103, filter_f93_z0p5u0, 11, 3) \
    X(106, filter_f10x3_z1p5u0, 12, 3) \
    X(109, filter_f11x3_z0p6u0, 13, 3) \
    X(112, filter_f12x3_z1p6u0, 14, 3) \
    X(115, filter_f13x3_z0p7u0, 15, 3) \
    X(118, filter_f14x3_z1p7u0, 16, 3) \
    X(121, filter_f15x3_z0p8u0, 17, 3) \
    X(124, filter_f16x3_z1p8u0, 18, 3) \
    X(127, filter_f55_z0p4u0, 9, 5) \
    X(130, filter_f55_z0p0u8, 9, 5) \
    X(133, filter_f75_z0p5u0, 11, 5) \
    X(136, filter_f85_z1p5u0, 12, 5) \
    X(139, filter_f37_z0p4u0, 9, 7) \
    X(142, filter_f37_z0p0u8, 9, 7) \
    X(145, filter_f47_z1p4u0, 10, 7) \
    X(148, filter_f47_z0p0u9, 10, 7) \
    X(151, filter_f57_z0p5u0, 11, 7) \
    X(154, filter_f67_z1p5u0, 12, 7) \
    X(157, filter_f43_z1p1u0_x2p1, 7, 3) \
    X(160, filter_f63_z1p2u0_x2p1, 9, 3) \
    X(163, filter_f83_z1p3u0_x2p1, 11, 3) \
    X(166, filter_f10x3_z1p4u0_x2p1, 13, 3) \
    X(169, filter_f12x3_z1p5u0_x2p1, 15, 3) \
    X(172, filter_f63_z1p1u0_x2pxp1_x2mxp1, 10, 3) \
    X(175, filter_f83_z1p2u0_x2pxp1_x2mxp1, 12, 3) \
    X(178, filter_f10x3_z1p3u0_x2pxp1_x2mxp1, 14, 3) \
    X(181, filter_f12x3_z1p4u0_x2pxp1_x2mxp1, 16, 3) \
    X(184, filter_f12x3_z1p3u0_x2p1_x2pxp1_x2mxp1, 17, 3) \
    X(187, filter_f63_z1p3u0_reciprocal, 8, 3) \
    X(190, filter_f83_z1p3u0_x2p1_reciprocal, 11, 3) \
    X(193, filter_f12x3_z1p5u0_x2p1_reciprocal, 15, 3) \
    X(196, filter_f83_z1p2u0_x2pxp1_x2mxp1_reciprocal, 12, 3) \
    X(199, filter_f10x3_z1p3u0_x2pxp1_x2mxp1_reciprocal, 14, 3) \
    X(202, filter_f12x3_z1p4u0_x2pxp1_x2mxp1_reciprocal, 16, 3) \
    X(205, filter_f12x3_z1p3u0_x2p1_x2pxp1_x2mxp1_reciprocal, 17, 3)

#define NOVA_FOR_EACH_OUTPUT_CODELET(X) \
    X(2, output_f11_direct, 1, 1) \
    X(5, output_f13_direct, 1, 3) \
    X(8, output_f15_direct, 1, 5) \
    X(11, output_f17_direct, 1, 7) \
    X(14, output_f23_z1p1u0, 2, 4) \
    X(17, output_f23_z0p0u3, 2, 4) \
    X(20, output_f33_z1p1u1, 3, 5) \
    X(23, output_f33_z0p2u0, 3, 5) \
    X(26, output_f33_z0p0u4, 3, 5) \
    X(29, output_f43_z1p2u0, 4, 6) \
    X(32, output_f43_z0p0u5, 4, 6) \
    X(35, output_f53_z1p2u1, 5, 7) \
    X(38, output_f53_z0p3u0, 5, 7) \
    X(41, output_f53_z0p0u6, 5, 7) \
    X(44, output_f63_z1p3u0, 6, 8) \
    X(47, output_f63_z0p0u7, 6, 8) \
    X(50, output_f73_z1p3u1, 7, 9) \
    X(53, output_f73_z0p4u0, 7, 9) \
    X(56, output_f73_z0p0u8, 7, 9) \
    X(59, output_f83_z1p4u0, 8, 10) \
    X(62, output_f83_z0p0u9, 8, 10) \
    X(65, output_f25_z1p2u0, 2, 6) \
    X(68, output_f25_z0p0u5, 2, 6) \
    X(71, output_f35_z1p2u1, 3, 7) \
    X(74, output_f35_z0p3u0, 3, 7) \
    X(77, output_f35_z0p0u6, 3, 7) \
    X(80, output_f45_z1p3u0, 4, 8) \
    X(83, output_f45_z0p0u7, 4, 8) \
    X(86, output_f65_z1p4u0, 6, 10) \
    X(89, output_f65_z0p0u9, 6, 10) \
    X(92, output_f27_z1p3u0, 2, 8) \
    X(95, output_f27_z0p0u7, 2, 8) \
    X(98, output_f43_z1p1u2, 4, 6) \
    X(101, output_f83_z1p3u2, 8, 10) \
    X(104, output_f93_z0p5u0, 9, 11) \
    X(107, output_f10x3_z1p5u0, 10, 12) \
    X(110, output_f11x3_z0p6u0, 11, 13) \
    X(113, output_f12x3_z1p6u0, 12, 14) \
    X(116, output_f13x3_z0p7u0, 13, 15) \
    X(119, output_f14x3_z1p7u0, 14, 16) \
    X(122, output_f15x3_z0p8u0, 15, 17) \
    X(125, output_f16x3_z1p8u0, 16, 18) \
    X(128, output_f55_z0p4u0, 5, 9) \
    X(131, output_f55_z0p0u8, 5, 9) \
    X(134, output_f75_z0p5u0, 7, 11) \
    X(137, output_f85_z1p5u0, 8, 12) \
    X(140, output_f37_z0p4u0, 3, 9) \
    X(143, output_f37_z0p0u8, 3, 9) \
    X(146, output_f47_z1p4u0, 4, 10) \
    X(149, output_f47_z0p0u9, 4, 10) \
    X(152, output_f57_z0p5u0, 5, 11) \
    X(155, output_f67_z1p5u0, 6, 12) \
    X(158, output_f43_z1p1u0_x2p1, 4, 7) \
    X(161, output_f63_z1p2u0_x2p1, 6, 9) \
    X(164, output_f83_z1p3u0_x2p1, 8, 11) \
    X(167, output_f10x3_z1p4u0_x2p1, 10, 13) \
    X(170, output_f12x3_z1p5u0_x2p1, 12, 15) \
    X(173, output_f63_z1p1u0_x2pxp1_x2mxp1, 6, 10) \
    X(176, output_f83_z1p2u0_x2pxp1_x2mxp1, 8, 12) \
    X(179, output_f10x3_z1p3u0_x2pxp1_x2mxp1, 10, 14) \
    X(182, output_f12x3_z1p4u0_x2pxp1_x2mxp1, 12, 16) \
    X(185, output_f12x3_z1p3u0_x2p1_x2pxp1_x2mxp1, 12, 17) \
    X(188, output_f63_z1p3u0_reciprocal, 6, 8) \
    X(191, output_f83_z1p3u0_x2p1_reciprocal, 8, 11) \
    X(194, output_f12x3_z1p5u0_x2p1_reciprocal, 12, 15) \
    X(197, output_f83_z1p2u0_x2pxp1_x2mxp1_reciprocal, 8, 12) \
    X(200, output_f10x3_z1p3u0_x2pxp1_x2mxp1_reciprocal, 10, 14) \
    X(203, output_f12x3_z1p4u0_x2pxp1_x2mxp1_reciprocal, 12, 16) \
    X(206, output_f12x3_z1p3u0_x2p1_x2pxp1_x2mxp1_reciprocal, 12, 17)

#endif
