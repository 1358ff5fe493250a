// The only C++ in the package. See include/ctorch.h for the contract.
#include "../include/ctorch.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/from_blob.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/variable.h>
#include <torch/version.h>

#include <cstring>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <string>

static thread_local std::string last_error;

// Swift moves work between threads, and glibc gives every thread an arena of its own that keeps what was freed
// there: one arena for all holds a quarter less at the peak, at no cost in time (tensors are few and large).
#ifdef __GLIBC__
[[maybe_unused]] static const int one_arena = mallopt(M_ARENA_MAX, 1);
#endif

// The one guard: no exception crosses the C border.
template <typename Body>
static int guarded(Body &&body) noexcept {
  try {
    body();
    return 0;
  } catch (const c10::Error &error) {
    last_error = error.what_without_backtrace();
  } catch (const std::exception &error) {
    last_error = error.what();
  } catch (...) {
    last_error = "unknown C++ exception";
  }
  return 1;
}

static at::Tensor &tensor_of(ct_tensor handle) {
  TORCH_CHECK(handle != nullptr, "a null tensor handle was passed");
  return *reinterpret_cast<at::Tensor *>(handle);
}

static ct_tensor handle_of(at::Tensor tensor) {
  if (!tensor.defined()) return nullptr;
  return reinterpret_cast<ct_tensor>(new at::Tensor(std::move(tensor)));
}

extern "C" int ct_fail(const char *message) {
  last_error = message;
  return 1;
}

extern "C" const char *ct_last_error(void) { return last_error.c_str(); }

extern "C" int ct_find_operator(const char *name, const char *overload, ct_operator *op) {
  return guarded([&] {
    auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
    *op = reinterpret_cast<ct_operator>(new c10::OperatorHandle(handle));
  });
}

// Turns an argument into what the schema asks for: an integer where a real is declared, and so on.
static c10::IValue value_of(const ct_value &value, const c10::Argument &argument) {
  switch (value.tag) {
    case CT_NONE: return c10::IValue();
    case CT_TENSOR:
      return c10::IValue(tensor_of(reinterpret_cast<ct_tensor>(const_cast<void *>(value.items))));
    case CT_INT:
      if (argument.type()->kind() == c10::TypeKind::FloatType) return c10::IValue(static_cast<double>(value.integer));
      return c10::IValue(value.integer);
    case CT_DOUBLE: return c10::IValue(value.real);
    case CT_BOOL: return c10::IValue(value.integer != 0);
    case CT_INTS: {
      auto items = static_cast<const int64_t *>(value.items);
      return c10::IValue(std::vector<int64_t>(items, items + value.count));
    }
    case CT_DOUBLES: {
      auto items = static_cast<const double *>(value.items);
      return c10::IValue(std::vector<double>(items, items + value.count));
    }
    case CT_TENSORS: {
      auto items = static_cast<const ct_tensor *>(value.items);
      const auto type = argument.type()->str();
      if (type.find("Tensor?") != std::string::npos) {
        c10::List<std::optional<at::Tensor>> list;
        for (int32_t i = 0; i < value.count; ++i)
          list.push_back(items[i] ? std::optional<at::Tensor>(tensor_of(items[i])) : std::nullopt);
        return c10::IValue(std::move(list));
      }
      c10::List<at::Tensor> list;
      for (int32_t i = 0; i < value.count; ++i) list.push_back(tensor_of(items[i]));
      return c10::IValue(std::move(list));
    }
    case CT_STRING: return c10::IValue(std::string(static_cast<const char *>(value.items)));
    case CT_DEVICE: return c10::IValue(c10::Device(static_cast<const char *>(value.items)));
    default: TORCH_CHECK(false, "unknown argument tag ", value.tag);
  }
}

extern "C" int ct_call(ct_operator op, const ct_value *arguments, int32_t argument_count, ct_tensor *results,
                       int32_t capacity, int32_t *count) {
  return guarded([&] {
    const auto &handle = *reinterpret_cast<const c10::OperatorHandle *>(op);
    const auto &schema = handle.schema();
    const auto &declared = schema.arguments();
    TORCH_CHECK(argument_count <= static_cast<int32_t>(declared.size()), schema.name(), " takes ", declared.size(),
                " arguments, not ", argument_count);
    torch::jit::Stack stack;
    stack.reserve(declared.size());
    for (size_t i = 0; i < declared.size(); ++i) {
      if (i < static_cast<size_t>(argument_count)) {
        stack.push_back(value_of(arguments[i], declared[i]));
      } else {
        TORCH_CHECK(declared[i].default_value().has_value(), schema.name(), " misses its argument ", declared[i].name());
        stack.push_back(*declared[i].default_value());
      }
    }
    handle.callBoxed(stack);
    int32_t found = 0;
    auto give = [&](at::Tensor tensor) {
      TORCH_CHECK(found < capacity, schema.name(), " returns more than ", capacity, " tensors");
      results[found++] = handle_of(std::move(tensor));
    };
    for (auto &value : stack) {
      if (value.isTensor()) {
        give(std::move(value).toTensor());
      } else if (value.isTensorList()) {
        for (const at::Tensor &tensor : value.toTensorVector()) give(tensor);
      }
    }
    *count = found;
  });
}

extern "C" int ct_from_data(const void *data, int32_t dtype, const int64_t *shape, int32_t rank, const char *device,
                            ct_tensor *result) {
  return guarded([&] {
    auto options = at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype));
    auto view = at::from_blob(const_cast<void *>(data), at::IntArrayRef(shape, rank), options);
    *result = handle_of(view.to(c10::Device(device), view.scalar_type(), false, /*copy=*/true));
  });
}

extern "C" int ct_copy_out(ct_tensor tensor, void *data, int64_t bytes) {
  return guarded([&] {
    auto host = tensor_of(tensor).detach().to(at::kCPU).contiguous();
    TORCH_CHECK(static_cast<int64_t>(host.nbytes()) == bytes, "the tensor has ", host.nbytes(), " bytes, not ", bytes);
    if (bytes > 0) std::memcpy(data, host.const_data_ptr(), bytes);
  });
}

extern "C" int ct_copy_in(ct_tensor tensor, const void *data, int64_t bytes) {
  return guarded([&] {
    at::NoGradGuard no_grad;
    auto &target = tensor_of(tensor);
    TORCH_CHECK(static_cast<int64_t>(target.nbytes()) == bytes, "the tensor has ", target.nbytes(), " bytes, not ", bytes);
    auto options = at::TensorOptions().dtype(target.scalar_type());
    target.copy_(at::from_blob(const_cast<void *>(data), target.sizes(), options));
  });
}

extern "C" int ct_rank(ct_tensor tensor, int32_t *rank) {
  return guarded([&] { *rank = static_cast<int32_t>(tensor_of(tensor).dim()); });
}

extern "C" int ct_shape(ct_tensor tensor, int64_t *shape) {
  return guarded([&] {
    const auto sizes = tensor_of(tensor).sizes();
    std::copy(sizes.begin(), sizes.end(), shape);
  });
}

extern "C" int ct_dtype(ct_tensor tensor, int32_t *dtype) {
  return guarded([&] { *dtype = static_cast<int32_t>(tensor_of(tensor).scalar_type()); });
}

extern "C" int ct_device(ct_tensor tensor, char *text, int32_t capacity) {
  return guarded([&] {
    const auto name = tensor_of(tensor).device().str();
    TORCH_CHECK(static_cast<int32_t>(name.size()) < capacity, "device name too long");
    std::memcpy(text, name.c_str(), name.size() + 1);
  });
}

extern "C" int ct_item(ct_tensor tensor, double *value) {
  return guarded([&] { *value = tensor_of(tensor).item().toDouble(); });
}

extern "C" void ct_free(ct_tensor tensor) { delete reinterpret_cast<at::Tensor *>(tensor); }

extern "C" int ct_set_requires_grad(ct_tensor tensor, int32_t on) {
  return guarded([&] { tensor_of(tensor).set_requires_grad(on != 0); });
}

extern "C" int ct_requires_grad(ct_tensor tensor, int32_t *on) {
  return guarded([&] { *on = tensor_of(tensor).requires_grad(); });
}

extern "C" int ct_backward(ct_tensor tensor, ct_tensor gradient) {
  return guarded([&] {
    auto &root = tensor_of(tensor);
    TORCH_CHECK(root.requires_grad(), "backward was asked of a tensor that nothing trainable led to");
    if (gradient) {
      torch::autograd::backward({root}, {tensor_of(gradient)});
    } else {
      torch::autograd::backward({root}, {});
    }
  });
}

extern "C" int ct_grad(ct_tensor tensor, ct_tensor *gradient) {
  return guarded([&] { *gradient = handle_of(tensor_of(tensor).grad()); });
}

extern "C" int ct_set_grad(ct_tensor tensor, ct_tensor gradient) {
  return guarded([&] { tensor_of(tensor).mutable_grad() = gradient ? tensor_of(gradient) : at::Tensor(); });
}

extern "C" int32_t ct_set_grad_enabled(int32_t on) {
  const auto before = at::GradMode::is_enabled();
  at::GradMode::set_enabled(on != 0);
  return before;
}

extern "C" int ct_manual_seed(uint64_t seed) {
  return guarded([&] { at::manual_seed(seed); });
}

extern "C" int ct_set_threads(int32_t threads) {
  return guarded([&] { at::set_num_threads(threads); });
}

extern "C" int32_t ct_threads(void) { return at::get_num_threads(); }

extern "C" int ct_set_deterministic(int32_t on) {
  return guarded([&] { at::globalContext().setDeterministicAlgorithms(on != 0, /*warn_only=*/true); });
}

extern "C" const char *ct_version(void) { return TORCH_VERSION; }

extern "C" int32_t ct_has_device(const char *kind) {
  const std::string name(kind);
  try {
    if (name == "cpu") return 1;
    if (name == "cuda") return at::globalContext().hasCUDA() && at::globalContext().getAcceleratorHooksInterface().deviceCount() > 0;
    if (name == "mps") return at::globalContext().hasMPS();
  } catch (...) {
  }
  return 0;
}

extern "C" int32_t ct_has_fast_bfloat16(void) {
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512bf16") ? 1 : 0;
#else
  return 0;
#endif
}
