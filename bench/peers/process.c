/*
 * process.c - a helper process at the other end of a socket.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runtime/runtime.h"

struct peer_process {
    pid_t id;
    int socket;
    size_t used; /* of `pending` */
    char pending[PEER_LINE];
};

/** A socket, and not a pair of pipes: writing to one that is closed need not raise SIGPIPE. */
static nova_status spawn(char *const argv[], int own, int theirs, pid_t *id) {
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory to start %s", argv[0]);
    }
    posix_spawn_file_actions_adddup2(&actions, theirs, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, theirs, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclose(&actions, own);
    error = posix_spawnp(id, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error == 0 ? NOVA_OK
                      : nova_fail(NOVA_IO, "cannot start %s: %s", argv[0], strerror(error));
}

nova_status peer_process_start(char *const argv[], peer_process **result) {
    int ends[2];
    peer_process *process = *result = calloc(1, sizeof *process);
    if (process == NULL) {
        return nova_fail(NOVA_OUT_OF_MEMORY, "no memory to start %s", argv[0]);
    }
    nova_status status = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0
                             ? NOVA_OK
                             : nova_fail(NOVA_IO, "no socket: %s", strerror(errno));
    if (status == NOVA_OK) {
        status = spawn(argv, ends[0], ends[1], &process->id);
        process->socket = ends[0];
        close(ends[1]);
        if (status != NOVA_OK) {
            close(ends[0]);
        }
    }
    if (status != NOVA_OK) {
        free(process);
        *result = NULL;
    }
    return status;
}

/** True when it has ended, within the time. */
static bool has_ended(pid_t id, double seconds) {
    const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
    for (double start = nova_now(); nova_now() - start < seconds; nanosleep(&pause, NULL)) {
        if (waitpid(id, NULL, WNOHANG) != 0) {
            return true;
        }
    }
    return false;
}

void peer_process_stop(peer_process *process) {
    const double patience = 2;
    if (process == NULL) {
        return;
    }
    close(process->socket);
    if (!has_ended(process->id, patience)) {
        kill(process->id, SIGKILL);
        while (waitpid(process->id, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    free(process);
}

nova_status peer_process_send(peer_process *process, const char *line) {
    for (size_t length = strlen(line); length > 0;) {
        ssize_t sent = send(process->socket, line, length, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR) {
            return nova_fail(NOVA_IO, "its process is gone: %s", strerror(errno));
        }
        line += sent > 0 ? sent : 0;
        length -= sent > 0 ? (size_t)sent : 0;
    }
    return NOVA_OK;
}

/** Moves the first line of what is pending to `line`, if it is complete. */
static bool take_line(peer_process *process, char line[PEER_LINE]) {
    char *end = memchr(process->pending, '\n', process->used);
    if (end == NULL) {
        return false;
    }
    size_t length = (size_t)(end - process->pending);
    memcpy(line, process->pending, length);
    line[length] = '\0';
    process->used -= length + 1;
    memmove(process->pending, end + 1, process->used);
    return true;
}

static nova_status wait_for_data(const peer_process *process, double end) {
    for (;;) {
        struct pollfd ready = {.fd = process->socket, .events = POLLIN};
        double left = NOVA_MAX(end - nova_now(), 0.0);
        int count = poll(&ready, 1, (int)(1e3 * left) + 1);
        if (count > 0) {
            return NOVA_OK;
        }
        if (count == 0 && nova_now() >= end) {
            return nova_fail(NOVA_IO, "its process does not answer");
        }
        if (count < 0 && errno != EINTR) {
            return nova_fail(NOVA_IO, "its process cannot be asked: %s", strerror(errno));
        }
    }
}

nova_status peer_process_receive(peer_process *process, double seconds, char line[PEER_LINE]) {
    const double end = nova_now() + seconds;
    while (!take_line(process, line)) {
        if (process->used == sizeof process->pending) {
            return nova_fail(NOVA_IO, "its process says too much");
        }
        nova_status status = wait_for_data(process, end);
        if (status != NOVA_OK) {
            return status;
        }
        ssize_t got = recv(process->socket, process->pending + process->used,
                           sizeof process->pending - process->used, 0);
        if (got == 0 || (got < 0 && errno != EINTR)) {
            return nova_fail(NOVA_IO, "its process has ended without an answer");
        }
        process->used += got > 0 ? (size_t)got : 0;
    }
    return NOVA_OK;
}
