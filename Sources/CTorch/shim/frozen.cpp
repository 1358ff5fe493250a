// Products with weights that never change. oneDNN packs such a matrix once into the layout its kernels read, where
// a plain product packs it at every call; its kernels also use AVX-512 on processors for which MKL does not.
#include "../include/ctorch.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/linear.h>
#include <torch/csrc/autograd/custom_function.h>

static at::Tensor &tensor_of(ct_tensor handle) { return *reinterpret_cast<at::Tensor *>(handle); }
extern "C" int ct_fail(const char *message);

namespace {

using Pack = at::Tensor(const at::Tensor &, std::optional<c10::SymInt>);
using Product = at::Tensor(const at::Tensor &, const at::Tensor &, const std::optional<at::Tensor> &, c10::string_view,
                           c10::List<std::optional<at::Scalar>>, std::optional<c10::string_view>);

// Operators of torch builds with oneDNN (all Linux wheels for x86-64).
const std::optional<c10::OperatorHandle> &pack_operator() {
  static const auto found = c10::Dispatcher::singleton().findSchema({"mkldnn::_reorder_linear_weight", ""});
  return found;
}

at::Tensor product(const at::Tensor &input, const at::Tensor &weight) {
  if (!weight.is_mkldnn()) return at::linear(input, weight);
  static const auto operation =
      c10::Dispatcher::singleton().findSchemaOrThrow("mkldnn::_linear_pointwise", "").typed<Product>();
  return operation.call(input.contiguous(), weight, std::nullopt, "none", c10::List<std::optional<at::Scalar>>(), "");
}

// input W^T forward, gradient W backward; W gets no gradient.
struct FrozenLinear : torch::autograd::Function<FrozenLinear> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &input,
                            const at::Tensor &weight, const at::Tensor &transposed) {
    // Not `save_for_backward`: these are constants, and opaque tensors have no version to check.
    context->saved_data["transposed"] = transposed;
    return product(input, weight);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    return {product(gradients[0], context->saved_data["transposed"].toTensor()), at::Tensor(), at::Tensor()};
  }
};

template <typename Body>
int guarded(Body &&body) noexcept {
  try {
    body();
    return 0;
  } catch (const c10::Error &error) {
    return ct_fail(error.what_without_backtrace());
  } catch (const std::exception &error) {
    return ct_fail(error.what());
  }
}

}  // namespace

extern "C" int ct_frozen_pack(ct_tensor weight, ct_tensor *packed) {
  return guarded([&] {
    at::NoGradGuard no_grad;
    auto plain = tensor_of(weight).detach();
    const bool can_pack = plain.device().is_cpu() && pack_operator().has_value();
    auto result = can_pack ? pack_operator()->typed<Pack>().call(plain.contiguous(), std::nullopt) : plain;
    *packed = reinterpret_cast<ct_tensor>(new at::Tensor(std::move(result)));
  });
}

extern "C" int ct_frozen_linear(ct_tensor input, ct_tensor weight, ct_tensor transposed, ct_tensor *result) {
  return guarded([&] {
    auto &x = tensor_of(input);
    const bool records = at::GradMode::is_enabled() && x.requires_grad() && tensor_of(weight).is_mkldnn();
    TORCH_CHECK(!records || transposed != nullptr, "this frozen weight was packed for the forward pass only");
    auto y = records ? FrozenLinear::apply(x, tensor_of(weight), tensor_of(transposed))
                     : product(x, tensor_of(weight));
    *result = reinterpret_cast<ct_tensor>(new at::Tensor(std::move(y)));
  });
}
