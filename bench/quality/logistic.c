/* logistic.c - the regression of scorecard.h: Newton's method with Cholesky's decomposition, halving a step that does not help.
 * A few dozen features, so the matrix is small and kept dense. */
#include "scorecard.h"
#include "base/mem.h"
#include <math.h>
#include <string.h>

enum {
	STEPS_MAX = 50,
	HALVINGS_MAX = 30
};

struct problem {
	const double *x;
	const signed char *y;
	size_t n;
	int k;
	double l2;
};

static double linear(const struct problem *p, const double *w, size_t row)
{
	double z = w[p->k];
	for (int j = 0; j < p->k; j++)
		z += w[j] * p->x[row * (size_t)p->k + (size_t)j];
	return z;
}

/* The negative log likelihood with the penalty. log(1 + e^z) is written so that it can't overflow. */
static double loss(const struct problem *p, const double *w)
{
	double sum = 0;
	for (int j = 0; j < p->k; j++)
		sum += p->l2 / 2 * w[j] * w[j];
	for (size_t i = 0; i < p->n; i++) {
		double z = linear(p, w, i);
		sum += (z > 0 ? z : 0) + log1p(exp(-fabs(z))) - (p->y[i] ? z : 0);
	}
	return sum;
}

/* g: gradient, h: the lower half of the matrix of second derivatives, both of size k + 1. */
static void derivatives(const struct problem *p, const double *w, double *g, double *h)
{
	int m = p->k + 1;
	memset(g, 0, (size_t)m * sizeof *g);
	memset(h, 0, (size_t)m * (size_t)m * sizeof *h);
	for (size_t i = 0; i < p->n; i++) {
		const double *x = &p->x[i * (size_t)p->k];
		double q = 1 / (1 + exp(-linear(p, w, i)));
		double error = q - p->y[i], spread = q * (1 - q);
		for (int a = 0; a < m; a++) {
			double xa = a < p->k ? x[a] : 1;
			g[a] += error * xa;
			for (int b = 0; b <= a; b++)
				h[a * m + b] += spread * xa * (b < p->k ? x[b] : 1);
		}
	}
	for (int a = 0; a < p->k; a++) {
		g[a] += p->l2 * w[a];
		h[a * m + a] += p->l2;
	}
	for (int a = 0; a < m; a++)
		h[a * m + a] += 1e-9; /* constant features don't make the matrix singular */
}

/* Solves h d = g in place: d ends up in g. False if h isn't positive definite. */
static bool solve(double *h, double *g, int m)
{
	for (int a = 0; a < m; a++) {
		for (int b = 0; b <= a; b++) {
			double sum = h[a * m + b];
			for (int c = 0; c < b; c++)
				sum -= h[a * m + c] * h[b * m + c];
			if (a != b)
				h[a * m + b] = sum / h[b * m + b];
			else if (sum > 0)
				h[a * m + a] = sqrt(sum);
			else
				return false;
		}
	}
	for (int a = 0; a < m; a++) {
		for (int c = 0; c < a; c++)
			g[a] -= h[a * m + c] * g[c];
		g[a] /= h[a * m + a];
	}
	for (int a = m - 1; a >= 0; a--) {
		for (int c = a + 1; c < m; c++)
			g[a] -= h[c * m + a] * g[c];
		g[a] /= h[a * m + a];
	}
	return true;
}

/* One step from w; *now is the loss there and is lowered. False when nothing is left to gain. */
static bool step(const struct problem *p, double *w, double *g, double *h, double *trial, double *now)
{
	int m = p->k + 1;
	derivatives(p, w, g, h);
	if (!solve(h, g, m))
		return false;
	double size = 1;
	for (int i = 0; i < HALVINGS_MAX; i++, size /= 2) {
		for (int a = 0; a < m; a++)
			trial[a] = w[a] - size * g[a];
		double then = loss(p, trial);
		if (then <= *now) {
			bool gained = *now - then > 1e-9 * (1 + fabs(*now));
			memcpy(w, trial, (size_t)m * sizeof *w);
			*now = then;
			return gained;
		}
	}
	return false;
}

int card_logistic(const double *x, const signed char *y, size_t n, int k, double l2, double *w)
{
	struct problem p = { x, y, n, k, l2 };
	size_t m = (size_t)k + 1;
	double *work = mem_alloc_array(m * m + 2 * m, sizeof *work);
	if (!work)
		return 0;
	double now = loss(&p, w);
	int steps = 1;
	while (steps < STEPS_MAX && step(&p, w, work, work + 2 * m, work + m, &now))
		steps++;
	mem_free(work);
	return isfinite(now) ? steps : 0;
}
