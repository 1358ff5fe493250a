// The C ABI over libtorch: one handle, one guard, one way to call any ATen operator by name.
//
// Every function that can fail returns 0 on success and 1 on failure; ct_last_error then holds the message of
// the calling thread's last failure. Handles own a reference to a tensor; ct_free gives it back.
#ifndef LAUREL_CTORCH_H
#define LAUREL_CTORCH_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ct_tensor_impl *ct_tensor;
typedef const struct ct_operator_impl *ct_operator;

enum {
  CT_NONE = 0,
  CT_TENSOR = 1,       // handle
  CT_INT = 2,          // integer
  CT_DOUBLE = 3,       // real
  CT_BOOL = 4,         // integer
  CT_INTS = 5,         // items: const int64_t *, count
  CT_TENSORS = 6,      // items: const ct_tensor *, count
  CT_STRING = 7,       // items: const char *
  CT_DEVICE = 8,       // items: const char *, for example "cuda:0"
  CT_DOUBLES = 9       // items: const double *, count
};

typedef struct {
  int32_t tag;
  int32_t count;
  int64_t integer;
  double real;
  const void *items;
} ct_value;

// Data types, numbered as c10::ScalarType.
enum { CT_UINT8 = 0, CT_INT32 = 3, CT_INT64 = 4, CT_FLOAT16 = 5, CT_FLOAT32 = 6, CT_FLOAT64 = 7, CT_BOOLEAN = 11, CT_BFLOAT16 = 15 };

// Message of the calling thread's last failure.
const char *ct_last_error(void);

// Finds an operator, for example ("aten::add", "Tensor"). The operator lives as long as the process.
int ct_find_operator(const char *name, const char *overload, ct_operator *op);
// Calls it with the given arguments by position; missing ones take the schema's defaults. At most `capacity`
// tensors are returned as new handles (tensor lists are flattened); `count` says how many there were. An
// undefined tensor comes back as a null handle.
int ct_call(ct_operator op, const ct_value *arguments, int32_t argument_count, ct_tensor *results, int32_t capacity,
            int32_t *count);

// Copies `data` (row major) into a new tensor on `device`.
int ct_from_data(const void *data, int32_t dtype, const int64_t *shape, int32_t rank, const char *device, ct_tensor *result);
// Copies the tensor's values (row major) out to `data`, which holds exactly `bytes` bytes.
int ct_copy_out(ct_tensor tensor, void *data, int64_t bytes);
// Writes `bytes` bytes of row-major values into an existing tensor, in place.
int ct_copy_in(ct_tensor tensor, const void *data, int64_t bytes);
int ct_rank(ct_tensor tensor, int32_t *rank);
int ct_shape(ct_tensor tensor, int64_t *shape);
int ct_dtype(ct_tensor tensor, int32_t *dtype);
int ct_device(ct_tensor tensor, char *text, int32_t capacity);
int ct_item(ct_tensor tensor, double *value);
void ct_free(ct_tensor tensor);

int ct_set_requires_grad(ct_tensor tensor, int32_t on);
int ct_requires_grad(ct_tensor tensor, int32_t *on);
// Accumulates gradients into the leaves; `gradient` may be null for a scalar.
int ct_backward(ct_tensor tensor, ct_tensor gradient);
// The accumulated gradient, or null.
int ct_grad(ct_tensor tensor, ct_tensor *gradient);
// Replaces the gradient; null forgets it.
int ct_set_grad(ct_tensor tensor, ct_tensor gradient);
// Turns recording for autograd on or off on this thread; returns what it was.
int32_t ct_set_grad_enabled(int32_t on);

int ct_manual_seed(uint64_t seed);
int ct_set_threads(int32_t threads);
int32_t ct_threads(void);
int ct_set_deterministic(int32_t on);
const char *ct_version(void);
// 1 when the device kind ("cpu", "cuda", "mps") can be used.
int32_t ct_has_device(const char *kind);
// 1 when this processor multiplies bfloat16 matrices in hardware (avx512_bf16 or AMX).
int32_t ct_has_fast_bfloat16(void);

// Attention of one new token per row over a prompt shared by a group and the row's own keys (CPU, float32).
//   query        [rows, query_heads, 64..256], any row stride; output the same shape, contiguous
//   prompt keys and values of all layers' groups: [kv_heads, prompt length, width] per group, one pointer each
//   own          [rows, kv_heads, own_capacity, width], `own_length` positions filled
// Softmax scale is 1/sqrt(width).
int ct_decode_attention(ct_tensor query, const ct_tensor *prompt_keys, const ct_tensor *prompt_values,
                        int32_t groups, const int32_t *group_of_row, ct_tensor own_keys, ct_tensor own_values,
                        int64_t own_length, ct_tensor output);
// Samples one token per row from softmax(logits / temperature) by inversion with one uniform number a row (CPU,
// float32 [rows, vocabulary]); writes tokens and the log-probability (under that softmax) of each.
// temperature 0 takes the largest logit.
int ct_sample(ct_tensor logits, double temperature, const double *uniform, int32_t *tokens, float *log_probabilities);

// Turns logits [rows, vocabulary] (CPU, float32, contiguous) into softmax(logits / temperature), in place; writes
// each row's log-probability of its token and its entropy in nats.
int ct_softmax_rows(ct_tensor logits, double temperature, const int64_t *tokens, float *log_probabilities,
                    float *entropies);
// Turns those probabilities into a gradient with respect to the logits, in place: of
// sum over rows of coefficient log p(token) - entropy_weight H(p). `entropy_weights` may be null.
int ct_softmax_gradient(ct_tensor probabilities, double temperature, const int64_t *tokens, const float *coefficients,
                        const float *entropy_weights, const float *entropies);

// A weight [out, in] in the layout that `ct_frozen_linear` multiplies fastest with: packed on CPUs where torch has
// oneDNN, the weight itself elsewhere. The packed tensor is opaque: only `ct_frozen_linear` reads it.
int ct_frozen_pack(ct_tensor weight, ct_tensor *packed);
// input [rows, in] times the packed weight, [rows, out]. Gradients reach the input (never the weight) and need
// `transposed`, the packed [in, out]; null when none are recorded.
int ct_frozen_linear(ct_tensor input, ct_tensor weight, ct_tensor transposed, ct_tensor *result);

#ifdef __cplusplus
}
#endif
#endif
