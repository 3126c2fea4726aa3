/*
 * schedule.c - which combinations of places make sense, and how they are spelled.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "cpu/engine.h"
#include "runtime/runtime.h"

nova_status nova_schedule_check(const nova_schedule *schedule) {
    const nova_place places[] = {schedule->xhat, schedule->ghat, schedule->mhat};
    for (int i = 0; i < NOVA_COUNT(places); i++)
        if ((unsigned)places[i] > NOVA_PLACE_INLINED)
            return nova_fail(NOVA_INVALID_ARGUMENT, "unknown place %d in the schedule",
                             (int)places[i]);
    if (schedule->xhat == NOVA_PLACE_BLOCKED && schedule->ghat == NOVA_PLACE_BLOCKED)
        return nova_fail(NOVA_INVALID_ARGUMENT,
                         "schedule xhat=blocked, ghat=blocked: a worker goes through the blocks of "
                         "the one for each block of the other, which it would make anew every "
                         "time; store or inline one of them");
    return NOVA_OK;
}

static bool place_matches(nova_place place, nova_place wanted) {
    return wanted == NOVA_PLACE_AUTO || place == wanted;
}

bool nova_schedule_matches(const nova_schedule *schedule, const nova_schedule *wanted) {
    return place_matches(schedule->xhat, wanted->xhat) &&
           place_matches(schedule->ghat, wanted->ghat) &&
           place_matches(schedule->mhat, wanted->mhat);
}

bool nova_schedule_at(int index, nova_schedule *schedule) {
    for (int code = 0; code < 27; code++) {
        *schedule = (nova_schedule){(nova_place)(NOVA_PLACE_STORED + code / 9),
                                    (nova_place)(NOVA_PLACE_STORED + code / 3 % 3),
                                    (nova_place)(NOVA_PLACE_STORED + code % 3)};
        const bool excluded =
            schedule->xhat == NOVA_PLACE_BLOCKED && schedule->ghat == NOVA_PLACE_BLOCKED;
        if (!excluded && index-- == 0)
            return true;
    }
    return false;
}

const char *nova_schedule_text(const nova_schedule *schedule, char text[NOVA_SCHEDULE_TEXT]) {
    snprintf(text, NOVA_SCHEDULE_TEXT, "xhat=%s,ghat=%s,mhat=%s", nova_place_name(schedule->xhat),
             nova_place_name(schedule->ghat), nova_place_name(schedule->mhat));
    return text;
}

static bool parse_place(const char *name, size_t length, nova_place *place) {
    for (int i = NOVA_PLACE_AUTO; i <= NOVA_PLACE_INLINED; i++) {
        const char *known = nova_place_name((nova_place)i);
        if (strlen(known) == length && memcmp(known, name, length) == 0) {
            *place = (nova_place)i;
            return true;
        }
    }
    return false;
}

nova_status nova_schedule_parse(const char *text, nova_schedule *schedule) {
    static const char *const names[] = {"xhat=", "ghat=", "mhat="};
    nova_place *const places[] = {&schedule->xhat, &schedule->ghat, &schedule->mhat};
    *schedule = (nova_schedule){NOVA_PLACE_AUTO, NOVA_PLACE_AUTO, NOVA_PLACE_AUTO};
    for (const char *item = text;; item++) {
        const size_t length = strcspn(item, ",");
        bool known = false;
        for (int i = 0; i < NOVA_COUNT(names) && !known; i++)
            known = strncmp(item, names[i], strlen(names[i])) == 0 &&
                    parse_place(item + strlen(names[i]), length - strlen(names[i]), places[i]);
        if (!known)
            return nova_fail(NOVA_INVALID_ARGUMENT,
                             "schedule '%s': xhat, ghat and mhat can be =stored, =blocked, "
                             "=inlined or =auto, separated by commas",
                             text);
        item += length;
        if (*item == '\0')
            return nova_schedule_check(schedule);
    }
}
