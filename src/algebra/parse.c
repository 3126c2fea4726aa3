/*
 * parse.c - modulus sets as text: reading, refusing, canonical order, writing.
 *
 * Copyright 2026 The nova authors. SPDX-License-Identifier: Apache-2.0
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "algebra/exact.h"
#include "runtime/runtime.h"

enum { MAX_TEXT = 2048, MAX_DIGITS = 18 };

/* ---------------------------------------------------------------- life of a modulus */

static void modulus_init(nova_modulus *modulus) {
    modulus->degree = 1;
    fmpq_init(modulus->coef);
    fmpz_init_set_ui(modulus->radicand, 1);
    fmpq_init(modulus->value);
    fmpq_init(modulus->b);
    fmpq_init(modulus->c);
}

static void modulus_clear(nova_modulus *modulus) {
    fmpq_clear(modulus->coef);
    fmpz_clear(modulus->radicand);
    fmpq_clear(modulus->value);
    fmpq_clear(modulus->b);
    fmpq_clear(modulus->c);
}

void nova_moduli_clear(nova_moduli *moduli) {
    for (int i = 0; i < moduli->count; i++) {
        modulus_clear(&moduli->items[i]);
    }
    moduli->count = 0;
}

int nova_moduli_degree(const nova_moduli *moduli) {
    int degree = 0;
    for (int i = 0; i < moduli->count; i++) {
        degree += moduli->items[i].degree;
    }
    return degree;
}

/* ---------------------------------------------------------------- numbers */

/** Reads digits[.digits]; advances *cursor. False if there is no number or it is too long. */
static bool read_number(const char **cursor, fmpq_t value) {
    char digits[MAX_DIGITS + 1];
    int length = 0, decimals = 0;
    bool point = false;
    const char *p = *cursor;
    for (; isdigit((unsigned char)*p) || (*p == '.' && !point); p++) {
        if (*p == '.') {
            point = true;
            continue;
        }
        if (length == MAX_DIGITS) {
            return false;
        }
        digits[length++] = *p;
        decimals += point;
    }
    if (length == 0) {
        return false;
    }
    digits[length] = '\0';
    fmpz_set_str(fmpq_numref(value), digits, 10);
    fmpz_set_ui(fmpq_denref(value), 10);
    fmpz_pow_ui(fmpq_denref(value), fmpq_denref(value), (ulong)decimals);
    fmpq_canonicalise(value);
    *cursor = p;
    return true;
}

/** Multiplies or divides; false on division by zero. */
static bool apply(fmpq_t total, const fmpq_t factor, bool divide) {
    if (!divide) {
        fmpq_mul(total, total, factor);
        return true;
    }
    if (fmpq_is_zero(factor)) {
        return false;
    }
    fmpq_div(total, total, factor);
    return true;
}

/** Reads one factor, a number or sqrt(number), into coef or radicand. */
static bool read_factor(const char **cursor, fmpq_t coef, fmpq_t radicand, bool divide) {
    fmpq_t factor;
    fmpq_init(factor);
    bool ok;
    if (strncmp(*cursor, "sqrt(", 5) == 0) {
        *cursor += 5;
        ok = read_number(cursor, factor);
        if (ok && **cursor == '/') {
            fmpq_t denominator;
            fmpq_init(denominator);
            ++*cursor;
            ok = read_number(cursor, denominator) && apply(factor, denominator, true);
            fmpq_clear(denominator);
        }
        ok = ok && **cursor == ')' && apply(radicand, factor, divide);
        *cursor += ok;
    } else {
        ok = read_number(cursor, factor) && apply(coef, factor, divide);
    }
    fmpq_clear(factor);
    return ok;
}

/** Moves the square factors of a rational radicand into coef; what is left is square-free. */
static void simplify_root(fmpq_t coef, const fmpq_t radicand, fmpz_t root) {
    /* sqrt(a/b) = sqrt(a b)/b */
    fmpz_mul(root, fmpq_numref(radicand), fmpq_denref(radicand));
    fmpq_div_fmpz(coef, coef, fmpq_denref(radicand));
    if (fmpz_is_zero(root)) {
        fmpq_zero(coef);
    }
    if (fmpq_is_zero(coef)) {
        fmpz_one(root);
        return;
    }
    fmpz_t square;
    fmpz_init(square);
    /* trial division: radicands are at most 36 digits, and larger square factors than these are
       only left unsimplified; a perfect square is found whatever its size */
    for (ulong d = 2; d < 1000; d++) {
        fmpz_set_ui(square, d * d);
        while (fmpz_divisible(root, square)) {
            fmpz_divexact(root, root, square);
            fmpq_mul_ui(coef, coef, d);
        }
    }
    if (fmpz_is_square(root)) {
        fmpz_sqrt(square, root);
        fmpq_mul_fmpz(coef, coef, square);
        fmpz_one(root);
    }
    fmpz_clear(square);
}

/** value = coef * sqrt(radicand), to NOVA_SQRT_BITS bits after the binary point. */
static void approximate(nova_modulus *point) {
    if (fmpz_is_one(point->radicand)) {
        fmpq_set(point->value, point->coef);
        return;
    }
    fmpz_t scaled;
    fmpz_init(scaled);
    fmpz_mul_2exp(scaled, point->radicand, 2 * NOVA_SQRT_BITS);
    fmpz_sqrt(scaled, scaled);
    fmpq_set_fmpz(point->value, scaled);
    fmpq_div_2exp(point->value, point->value, NOVA_SQRT_BITS);
    fmpq_mul(point->value, point->value, point->coef);
    fmpz_clear(scaled);
}

/** Reads [+-] factor {(*|/) factor} to the end of the text. */
static bool read_point(const char *text, nova_modulus *point) {
    bool negative = *text == '-';
    text += *text == '-' || *text == '+';
    fmpq_t radicand;
    fmpq_init(radicand);
    fmpq_one(radicand);
    fmpq_one(point->coef);
    bool ok = read_factor(&text, point->coef, radicand, false);
    while (ok && (*text == '*' || *text == '/')) {
        bool divide = *text++ == '/';
        ok = read_factor(&text, point->coef, radicand, divide);
    }
    ok = ok && *text == '\0';
    if (ok) {
        if (negative) {
            fmpq_neg(point->coef, point->coef);
        }
        simplify_root(point->coef, radicand, point->radicand);
        approximate(point);
    }
    fmpq_clear(radicand);
    return ok;
}

/** Reads number[/number], with the sign already consumed. */
static bool read_rational(const char **cursor, fmpq_t value) {
    if (!read_number(cursor, value)) {
        return false;
    }
    if (**cursor != '/') {
        return true;
    }
    fmpq_t denominator;
    fmpq_init(denominator);
    ++*cursor;
    bool ok = read_number(cursor, denominator) && apply(value, denominator, true);
    fmpq_clear(denominator);
    return ok;
}

/** Reads x2 or x^2, then at most one term in x and at most one constant. */
static bool read_quadratic(const char *text, nova_modulus *modulus) {
    modulus->degree = 2;
    if (*text++ != 'x') {
        return false;
    }
    text += *text == '^';
    if (*text++ != '2') {
        return false;
    }
    bool linear = false, constant = false, ok = true;
    fmpq_t term;
    fmpq_init(term);
    while (ok && (*text == '+' || *text == '-') && !constant) {
        bool negative = *text++ == '-';
        fmpq_one(term);
        ok = *text == 'x' || read_rational(&text, term);
        if (negative) {
            fmpq_neg(term, term);
        }
        text += ok && text[0] == '*' && text[1] == 'x';
        if (ok && *text == 'x' && !linear) {
            text++;
            linear = true;
            fmpq_set(modulus->b, term);
        } else {
            constant = true;
            fmpq_set(modulus->c, term);
        }
    }
    fmpq_clear(term);
    return ok && *text == '\0';
}

/* ---------------------------------------------------------------- what is refused */

/** True if x^2 + b x + c has a rational root. */
static bool is_reducible(const nova_modulus *q) {
    fmpq_t discriminant, four_c;
    fmpq_init(discriminant);
    fmpq_init(four_c);
    fmpq_mul(discriminant, q->b, q->b);
    fmpq_mul_si(four_c, q->c, 4);
    fmpq_sub(discriminant, discriminant, four_c);
    bool square =
        fmpz_is_square(fmpq_numref(discriminant)) && fmpz_is_square(fmpq_denref(discriminant));
    fmpq_clear(discriminant);
    fmpq_clear(four_c);
    return square;
}

/** True if the irrational point coef*sqrt(radicand) is a root of the quadratic. */
static bool is_root(const nova_modulus *point, const nova_modulus *q) {
    fmpq_t sum;
    fmpq_init(sum);
    fmpq_mul(sum, point->coef, point->coef);
    fmpq_mul_fmpz(sum, sum, point->radicand);
    fmpq_add(sum, sum, q->c);
    bool root = fmpq_is_zero(q->b) && fmpq_is_zero(sum);
    fmpq_clear(sum);
    return root;
}

/** True unless the greatest common divisor of the two moduli is 1. */
static bool share_factor(const nova_modulus *a, const nova_modulus *b) {
    if (a->degree != b->degree) {
        return a->degree == 1 ? is_root(a, b) : is_root(b, a);
    }
    if (a->degree == 1) {
        return fmpq_equal(a->coef, b->coef) && fmpz_equal(a->radicand, b->radicand);
    }
    return fmpq_equal(a->b, b->b) && fmpq_equal(a->c, b->c);
}

/* ---------------------------------------------------------------- canonical order */

static int compare_abs(const fmpq_t a, const fmpq_t b) {
    fmpq_t x, y;
    fmpq_init(x);
    fmpq_init(y);
    fmpq_abs(x, a);
    fmpq_abs(y, b);
    int order = fmpq_cmp(x, y);
    fmpq_clear(x);
    fmpq_clear(y);
    return order;
}

/** 0: the point zero, 1: paired with its negative, 2: any other point, 3: quadratic. */
static int rank(const nova_moduli *moduli, const nova_modulus *item) {
    if (item->degree == 2) {
        return 3;
    }
    if (fmpq_is_zero(item->coef)) {
        return 0;
    }
    fmpq_t negative;
    fmpq_init(negative);
    fmpq_neg(negative, item->value);
    bool paired = false;
    for (int i = 0; i < moduli->count; i++) {
        const nova_modulus *other = &moduli->items[i];
        paired = paired || (other->degree == 1 && fmpq_equal(other->value, negative));
    }
    fmpq_clear(negative);
    return paired ? 1 : 2;
}

static bool comes_after(const nova_moduli *moduli, const nova_modulus *a, const nova_modulus *b) {
    int order = rank(moduli, a) - rank(moduli, b);
    if (order == 0 && a->degree == 1) {
        order = compare_abs(a->value, b->value);
        order = order ? order : fmpq_cmp(b->value, a->value); /* +p before -p */
    } else if (order == 0) {
        order = compare_abs(a->b, b->b);
        order = order ? order : fmpq_cmp(a->c, b->c);
        order = order ? order : fmpq_cmp(b->b, a->b);
    }
    return order > 0;
}

/** Insertion sort: sets are small, and a modulus is plain memory that may be moved. */
static void sort(nova_moduli *moduli) {
    for (int i = 1; i < moduli->count; i++) {
        for (int j = i; j > 0 && comes_after(moduli, &moduli->items[j - 1], &moduli->items[j]);
             j--) {
            nova_modulus swap = moduli->items[j];
            moduli->items[j] = moduli->items[j - 1];
            moduli->items[j - 1] = swap;
        }
    }
}

/* ---------------------------------------------------------------- whole sets */

static nova_status add_modulus(const char *token, nova_moduli *moduli) {
    if (moduli->count == NOVA_MAX_MODULI) {
        return nova_fail(NOVA_INVALID_ARGUMENT, "more than %d moduli", NOVA_MAX_MODULI);
    }
    nova_modulus *item = &moduli->items[moduli->count++];
    modulus_init(item);
    bool ok = strchr(token, 'x') ? read_quadratic(token, item) : read_point(token, item);
    if (!ok) {
        return nova_fail(NOVA_INVALID_ARGUMENT,
                         "'%s' is neither a point (such as -1/2, 0.25, sqrt(2)/2, inf) nor a "
                         "quadratic modulus (such as x2+x+1), or a number in it has more than %d "
                         "digits",
                         token, MAX_DIGITS);
    }
    if (item->degree == 2 && is_reducible(item)) {
        return nova_fail(NOVA_INVALID_ARGUMENT,
                         "modulus '%s' is reducible: give its roots as points", token);
    }
    for (int i = 0; i < moduli->count - 1; i++) {
        if (share_factor(&moduli->items[i], item)) {
            return nova_fail(NOVA_INVALID_ARGUMENT,
                             item->degree == 1 && moduli->items[i].degree == 1
                                 ? "point '%s' is repeated"
                                 : "modulus '%s' is not coprime to an earlier one",
                             token);
        }
    }
    return NOVA_OK;
}

static nova_status parse_tokens(char *text, nova_moduli *moduli) {
    bool infinity = false;
    for (char *token = text, *end; token; token = end) {
        end = strchr(token, ',');
        if (end) {
            *end++ = '\0';
        }
        if (strcmp(token, "inf") == 0) {
            if (infinity) {
                return nova_fail(NOVA_INVALID_ARGUMENT, "point 'inf' is repeated");
            }
            infinity = true;
            continue;
        }
        nova_status status = add_modulus(token, moduli);
        if (status) {
            return status;
        }
    }
    return NOVA_OK;
}

nova_status nova_moduli_parse(const char *text, nova_moduli *moduli) {
    moduli->count = 0;
    char copy[MAX_TEXT];
    size_t length = 0;
    for (const char *p = text; *p; p++) {
        if (length == MAX_TEXT - 1) {
            return nova_fail(NOVA_INVALID_ARGUMENT, "a modulus set of more than %d characters",
                             MAX_TEXT - 1);
        }
        if (!isspace((unsigned char)*p)) {
            copy[length++] = *p;
        }
    }
    copy[length] = '\0';
    nova_status status = parse_tokens(copy, moduli);
    if (status) {
        nova_moduli_clear(moduli);
        return status;
    }
    sort(moduli);
    return NOVA_OK;
}

/* ---------------------------------------------------------------- writing */

static void write_root(FILE *stream, const nova_modulus *point) {
    const fmpz *numerator = fmpq_numref(point->coef);
    if (fmpz_equal_si(numerator, -1)) {
        fputc('-', stream);
    } else if (!fmpz_is_one(numerator)) {
        fmpz_fprint(stream, numerator);
        fputc('*', stream);
    }
    fputs("sqrt(", stream);
    fmpz_fprint(stream, point->radicand);
    fputc(')', stream);
    if (!fmpz_is_one(fmpq_denref(point->coef))) {
        fputc('/', stream);
        fmpz_fprint(stream, fmpq_denref(point->coef));
    }
}

/** Writes "+2/3x" or "-1", nothing for zero. */
static void write_term(FILE *stream, const fmpq_t value, const char *symbol) {
    if (fmpq_is_zero(value)) {
        return;
    }
    fmpq_t magnitude;
    fmpq_init(magnitude);
    fmpq_abs(magnitude, value);
    fputc(fmpq_sgn(value) < 0 ? '-' : '+', stream);
    if (!fmpq_is_one(magnitude) || !*symbol) {
        fmpq_fprint(stream, magnitude);
    }
    fputs(symbol, stream);
    fmpq_clear(magnitude);
}

char *nova_moduli_text(const nova_moduli *moduli) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (!stream) {
        return NULL;
    }
    for (int i = 0; i < moduli->count; i++) {
        const nova_modulus *item = &moduli->items[i];
        if (item->degree == 2) {
            fputs("x2", stream);
            write_term(stream, item->b, "x");
            write_term(stream, item->c, "");
        } else if (fmpz_is_one(item->radicand)) {
            fmpq_fprint(stream, item->coef);
        } else {
            write_root(stream, item);
        }
        fputc(',', stream);
    }
    fputs("inf", stream);
    if (fclose(stream)) {
        free(text);
        return NULL;
    }
    return text;
}
