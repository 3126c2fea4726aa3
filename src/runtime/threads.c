/*
 * threads.c - one pool of workers for the whole process.
 *
 * How it works. The pool serves one call at a time; whoever comes second does the work alone, so
 * nested calls cannot deadlock. A call publishes its job by opening places in one atomic word;
 * workers take a place, draw task numbers from a shared counter until none is left, and give the
 * place back. The caller draws too, and when the counter is exhausted it closes the places that
 * nobody took: it waits for the workers that are at work, never for one that has yet to wake up.
 * Workers wait for the next job by spinning for a little while and then sleep.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include "runtime/runtime.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    MAX_WORKERS = 1023,
    WORKER_SPINS = 2000, /* tens of microseconds: the gap between two layers of a network */
    CALLER_SPINS = 2000
};

/*
 * The word `places`: bits 0-15 workers at work, bits 16-31 places still open, bits 32-63 number of
 * the job, so that a worker does not join the same job twice.
 */
#define ONE_AT_WORK ((uint64_t)1)
#define ONE_OPEN ((uint64_t)1 << 16)
#define JOB_SHIFT 32

static int at_work(uint64_t places) {
    return (int)(places & 0xffff);
}

static int open_places(uint64_t places) {
    return (int)((places >> 16) & 0xffff);
}

static uint32_t job_number(uint64_t places) {
    return (uint32_t)(places >> JOB_SHIFT);
}

static struct {
    atomic_bool busy; /* a call owns the pool */
    _Atomic uint64_t places;
    /* The job; written by the owner while no place is open and nobody is at work. */
    void (*task)(void *argument, int index);
    void *argument;
    int64_t tasks;
    _Atomic int64_t next; /* the next task to hand out */

    atomic_bool stopping;
    atomic_int sleeping;         /* workers that wait for `wake` */
    atomic_bool caller_sleeping; /* the owner waits for `finished` */
    pthread_mutex_t lock;        /* for the two conditions and for growing */
    pthread_cond_t wake, finished;
    pthread_t workers[MAX_WORKERS];
    int worker_count;
} pool = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .wake = PTHREAD_COND_INITIALIZER,
    .finished = PTHREAD_COND_INITIALIZER,
};

static void cpu_relax(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

int nova_processor_count(void) {
    long configured = sysconf(_SC_NPROCESSORS_CONF);
    int capacity = configured > CPU_SETSIZE ? (int)configured : CPU_SETSIZE;
    int count = 0;
    cpu_set_t *set = CPU_ALLOC(capacity);
    if (set) {
        size_t bytes = CPU_ALLOC_SIZE(capacity);
        if (sched_getaffinity(0, bytes, set) == 0) {
            count = CPU_COUNT_S(bytes, set);
        }
        CPU_FREE(set);
    }
    if (count < 1) {
        count = (int)sysconf(_SC_NPROCESSORS_ONLN);
    }
    return NOVA_MAX(count, 1);
}

double nova_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/** Draws and runs tasks until none is left. */
static void run_tasks(void) {
    for (;;) {
        int64_t index = atomic_fetch_add(&pool.next, 1);
        if (index >= pool.tasks) {
            return;
        }
        pool.task(pool.argument, (int)index);
    }
}

/** True if there is something to do for a worker that has served job `served` already. */
static bool has_news(uint64_t places, uint32_t served) {
    return (open_places(places) > 0 && job_number(places) != served) || atomic_load(&pool.stopping);
}

/** Takes a place in a job other than `*served`, which is updated. */
static bool take_place(uint32_t *served) {
    uint64_t places = atomic_load(&pool.places);
    while (open_places(places) > 0 && job_number(places) != *served) {
        uint64_t taken = places - ONE_OPEN + ONE_AT_WORK;
        if (atomic_compare_exchange_weak(&pool.places, &places, taken)) {
            *served = job_number(places);
            return true;
        }
    }
    return false;
}

static void leave_place(void) {
    uint64_t before = atomic_fetch_sub(&pool.places, ONE_AT_WORK);
    if (at_work(before) == 1 && atomic_load(&pool.caller_sleeping)) {
        pthread_mutex_lock(&pool.lock);
        pthread_cond_signal(&pool.finished);
        pthread_mutex_unlock(&pool.lock);
    }
}

static void wait_for_news(uint32_t served) {
    for (int spin = 0; spin < WORKER_SPINS; ++spin) {
        if (has_news(atomic_load(&pool.places), served)) {
            return;
        }
        cpu_relax();
    }
    pthread_mutex_lock(&pool.lock);
    atomic_fetch_add(&pool.sleeping, 1);
    while (!has_news(atomic_load(&pool.places), served)) {
        pthread_cond_wait(&pool.wake, &pool.lock);
    }
    atomic_fetch_sub(&pool.sleeping, 1);
    pthread_mutex_unlock(&pool.lock);
}

static void *worker_main(void *unused) {
    (void)unused;
    uint32_t served = 0;
    while (!atomic_load(&pool.stopping)) {
        if (take_place(&served)) {
            run_tasks();
            leave_place();
        } else {
            wait_for_news(served);
        }
    }
    return NULL;
}

static void before_fork(void) {
    pthread_mutex_lock(&pool.lock);
}

static void after_fork_in_parent(void) {
    pthread_mutex_unlock(&pool.lock);
}

/* Only the forking thread lives on in the child: it starts with an idle pool of no workers. */
static void after_fork_in_child(void) {
    pthread_mutex_unlock(&pool.lock);
    pthread_cond_init(&pool.wake, NULL);
    pthread_cond_init(&pool.finished, NULL);
    pool.worker_count = 0;
    atomic_store(&pool.sleeping, 0);
    atomic_store(&pool.caller_sleeping, false);
    atomic_store(&pool.places, 0);
    atomic_store(&pool.busy, false);
}

static void register_fork_handlers(void) {
    pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

/** Starts workers until there are `wanted`; returns how many there are. */
static int grow(int wanted) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, register_fork_handlers);
    pthread_mutex_lock(&pool.lock);
    if (pool.worker_count < wanted && !atomic_load(&pool.stopping)) {
        /* The program's signal handlers run on the program's own threads. */
        sigset_t all, previous;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &previous);
        while (pool.worker_count < wanted &&
               pthread_create(&pool.workers[pool.worker_count], NULL, worker_main, NULL) == 0) {
            ++pool.worker_count;
        }
        pthread_sigmask(SIG_SETMASK, &previous, NULL);
    }
    int count = pool.worker_count;
    pthread_mutex_unlock(&pool.lock);
    return NOVA_MIN(count, wanted);
}

/** Opens `helpers` places for the job that has been written to the pool. */
static void open_job(int helpers) {
    uint32_t number = job_number(atomic_load(&pool.places)) + 1;
    if (number == 0) {
        number = 1; /* 0 is what a new worker has served */
    }
    atomic_store(&pool.places, ((uint64_t)number << JOB_SHIFT) | (uint64_t)helpers * ONE_OPEN);
    int sleepers = atomic_load(&pool.sleeping);
    if (sleepers > 0) {
        pthread_mutex_lock(&pool.lock);
        for (int i = 0; i < NOVA_MIN(sleepers, helpers); ++i) {
            pthread_cond_signal(&pool.wake);
        }
        pthread_mutex_unlock(&pool.lock);
    }
}

/** Closes the places that are still open and waits for those at work. */
static void close_job(void) {
    uint64_t places = atomic_fetch_and(&pool.places, ~((uint64_t)0xffff << 16));
    for (int spin = 0; at_work(places) > 0 && spin < CALLER_SPINS; ++spin) {
        cpu_relax();
        places = atomic_load(&pool.places);
    }
    if (at_work(places) == 0) {
        return;
    }
    pthread_mutex_lock(&pool.lock);
    atomic_store(&pool.caller_sleeping, true);
    while (at_work(atomic_load(&pool.places)) > 0) {
        pthread_cond_wait(&pool.finished, &pool.lock);
    }
    atomic_store(&pool.caller_sleeping, false);
    pthread_mutex_unlock(&pool.lock);
}

static void run_alone(void (*task)(void *argument, int index), void *argument, int tasks) {
    for (int i = 0; i < tasks; ++i) {
        task(argument, i);
    }
}

void nova_parallel_for(int threads, void (*task)(void *argument, int index), void *argument,
                       int tasks) {
    int helpers = NOVA_MIN(NOVA_MIN(threads, tasks) - 1, MAX_WORKERS);
    if (helpers < 1 || atomic_exchange(&pool.busy, true)) {
        run_alone(task, argument, tasks);
        return;
    }
    helpers = grow(helpers);
    pool.task = task;
    pool.argument = argument;
    pool.tasks = tasks;
    atomic_store(&pool.next, 0);
    if (helpers > 0) {
        open_job(helpers);
    }
    run_tasks();
    if (helpers > 0) {
        close_job();
    }
    atomic_store(&pool.busy, false);
}

/** Ends the workers when the program or the library is unloaded. */
__attribute__((destructor)) static void stop_workers(void) {
    pthread_mutex_lock(&pool.lock);
    atomic_store(&pool.stopping, true);
    pthread_cond_broadcast(&pool.wake);
    int count = pool.worker_count;
    pool.worker_count = 0;
    pthread_mutex_unlock(&pool.lock);
    for (int i = 0; i < count; ++i) {
        /* exit() may have been called from a task, that is from a worker. */
        if (!pthread_equal(pool.workers[i], pthread_self())) {
            pthread_join(pool.workers[i], NULL);
        }
    }
}
