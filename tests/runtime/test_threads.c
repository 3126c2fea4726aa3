/*
 * test_threads.c - every task runs exactly once, whatever calls and forks happen around it.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "test.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/runtime.h"

enum { MOST_TASKS = 1000 };

/** How often each task ran. Plain integers: a race between two runs of a task shows under TSan. */
typedef struct {
    int runs[MOST_TASKS];
} tally;

static void count_run(void *argument, int index) {
    ++((tally *)argument)->runs[index];
}

static bool ran_once(const tally *counted, int tasks) {
    for (int i = 0; i < MOST_TASKS; ++i) {
        if (counted->runs[i] != (i < tasks)) {
            return false;
        }
    }
    return true;
}

static bool run_and_check(int threads, int tasks) {
    tally counted = {{0}};
    nova_parallel_for(threads, count_run, &counted, tasks);
    return ran_once(&counted, tasks);
}

static void each_task_runs_once(void **state) {
    (void)state;
    static const int threads[] = {-1, 0, 1, 2, 3, 8, 17, 100000};
    static const int tasks[] = {0, 1, 2, 3, 7, 100, MOST_TASKS};
    for (int i = 0; i < NOVA_COUNT(threads) - 1; ++i) {
        for (int j = 0; j < NOVA_COUNT(tasks); ++j) {
            assert_true(run_and_check(threads[i], tasks[j]));
        }
    }
    assert_true(run_and_check(threads[NOVA_COUNT(threads) - 1], 40));
}

static void many_short_calls(void **state) {
    (void)state;
    for (int i = 0; i < 3000; ++i) {
        assert_true(run_and_check(2 + i % 4, 1 + i % 9));
    }
}

static void calls_after_sleep(void **state) {
    (void)state;
    for (int i = 0; i < 20; ++i) {
        usleep(2000);
        assert_true(run_and_check(4, 16));
    }
}

/** Tasks that can end only when `wanted` threads are inside at the same time. */
typedef struct {
    int wanted;
    atomic_int inside;
    atomic_bool gave_up;
} meeting;

static void meet(void *argument, int index) {
    (void)index;
    meeting *here = argument;
    atomic_fetch_add(&here->inside, 1);
    double start = nova_now();
    while (atomic_load(&here->inside) < here->wanted) {
        if (nova_now() - start > 20) {
            atomic_store(&here->gave_up, true);
            return;
        }
        sched_yield();
    }
}

static void threads_really_run_at_the_same_time(void **state) {
    (void)state;
    for (int threads = 2; threads <= 6; ++threads) {
        meeting here = {.wanted = threads};
        nova_parallel_for(threads, meet, &here, threads);
        assert_false(atomic_load(&here.gave_up));
    }
}

/** The largest number of threads that were inside at once. */
typedef struct {
    atomic_int inside, most;
} crowd;

static void join_crowd(void *argument, int index) {
    (void)index;
    crowd *here = argument;
    int inside = atomic_fetch_add(&here->inside, 1) + 1;
    int most = atomic_load(&here->most);
    while (inside > most && !atomic_compare_exchange_weak(&here->most, &most, inside)) {
    }
    usleep(50);
    atomic_fetch_sub(&here->inside, 1);
}

static void no_more_threads_than_asked_for(void **state) {
    (void)state;
    for (int i = 0; i < 150; ++i) {
        /* Seven workers are awake and look for work when the smaller call comes. */
        assert_true(run_and_check(8, 100));
        int threads = 1 + i % 3;
        crowd here = {0};
        nova_parallel_for(threads, join_crowd, &here, 12);
        assert_in_range(atomic_load(&here.most), 1, threads);
    }
}

typedef struct {
    tally inner[16];
} nest;

static void call_inside(void *argument, int index) {
    nova_parallel_for(4, count_run, &((nest *)argument)->inner[index], 50);
}

static void nested_calls(void **state) {
    (void)state;
    nest *all = calloc(1, sizeof *all);
    assert_non_null(all);
    nova_parallel_for(4, call_inside, all, 16);
    for (int i = 0; i < 16; ++i) {
        assert_true(ran_once(&all->inner[i], 50));
    }
    free(all);
}

static void *call_often(void *failed) {
    for (int i = 0; i < 300; ++i) {
        if (!run_and_check(3, 20 + i % 30)) {
            *(bool *)failed = true;
        }
    }
    return NULL;
}

static void concurrent_calls(void **state) {
    (void)state;
    enum { CALLERS = 4 };
    pthread_t callers[CALLERS];
    bool failed[CALLERS] = {false};
    for (int i = 0; i < CALLERS; ++i) {
        assert_int_equal(pthread_create(&callers[i], NULL, call_often, &failed[i]), 0);
    }
    for (int i = 0; i < CALLERS; ++i) {
        pthread_join(callers[i], NULL);
        assert_false(failed[i]);
    }
}

/** Waits for a child, which must end with status 0. */
static void assert_child_succeeds(pid_t child) {
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/** In a child: 0 if three threads can meet and every task runs once. */
static int use_the_pool_of_a_child(void) {
    meeting here = {.wanted = 3};
    nova_parallel_for(3, meet, &here, 3);
    return run_and_check(4, 100) && !atomic_load(&here.gave_up) ? 0 : 1;
}

static void fork_and_use_the_pool(void) {
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        _exit(use_the_pool_of_a_child());
    }
    assert_child_succeeds(child);
}

static void child_of_a_fork_has_a_pool(void **state) {
    (void)state;
    assert_true(run_and_check(4, 100));
    fork_and_use_the_pool();
    assert_true(run_and_check(4, 100));
}

static void fork_during_a_call_of_another_thread(void **state) {
    (void)state;
    bool failed = false;
    pthread_t caller;
    assert_int_equal(pthread_create(&caller, NULL, call_often, &failed), 0);
    for (int i = 0; i < 20; ++i) {
        fork_and_use_the_pool();
    }
    pthread_join(caller, NULL);
    assert_false(failed);
}

static void leave_the_program(void *argument, int index) {
    (void)argument;
    if (index == 3) {
        exit(0);
    }
    usleep(100);
}

/** What the program does when it is started with EXIT_FROM_A_TASK. */
static const char EXIT_FROM_A_TASK[] = "exit-from-a-task";

static int exit_from_one_of_eight_tasks(void) {
    nova_parallel_for(4, leave_the_program, NULL, 8);
    return 1; /* not reached: a task has ended the program */
}

static void exit_from_a_task(void **state) {
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        execl("/proc/self/exe", "test_threads", EXIT_FROM_A_TASK, (char *)NULL);
        _exit(2);
    }
    assert_child_succeeds(child);
}

static void time_moves_forward(void **state) {
    (void)state;
    double before = nova_now();
    usleep(2000);
    double passed = nova_now() - before;
    assert_true(passed >= 0.002 && passed < 20);
}

static void processors_follow_the_affinity(void **state) {
    (void)state;
    assert_true(nova_processor_count() >= 1);
    cpu_set_t before, one;
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    assert_int_equal(nova_processor_count(), CPU_COUNT(&before));
    int first = 0;
    while (!CPU_ISSET(first, &before)) {
        ++first;
    }
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    int count = nova_processor_count();
    assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
    assert_int_equal(count, 1);
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], EXIT_FROM_A_TASK) == 0) {
        return exit_from_one_of_eight_tasks();
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_task_runs_once),
        cmocka_unit_test(many_short_calls),
        cmocka_unit_test(calls_after_sleep),
        cmocka_unit_test(threads_really_run_at_the_same_time),
        cmocka_unit_test(no_more_threads_than_asked_for),
        cmocka_unit_test(nested_calls),
        cmocka_unit_test(concurrent_calls),
        cmocka_unit_test(child_of_a_fork_has_a_pool),
        cmocka_unit_test(fork_during_a_call_of_another_thread),
        cmocka_unit_test(exit_from_a_task),
        cmocka_unit_test(time_moves_forward),
        cmocka_unit_test(processors_follow_the_affinity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
