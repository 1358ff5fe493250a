// FLINT 3 holds Arb and Calcium; before it they are libraries of their own.
#ifndef LAUREL_FLINT_HEADERS_H
#define LAUREL_FLINT_HEADERS_H

#if __has_include(<flint/ca.h>)
#include <flint/acb.h>
#include <flint/arb.h>
#include <flint/ca.h>
#include <flint/ca_vec.h>
#include <flint/fmpz.h>
#include <flint/fmpq.h>
#else
#include <acb.h>
#include <arb.h>
#include <calcium/ca.h>
#include <calcium/ca_vec.h>
#include <flint/fmpq.h>
#include <flint/fmpz.h>
#endif
#include <gmp.h>

#endif
