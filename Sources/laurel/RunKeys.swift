import Policies
import Rewards

/// One key of a run file, as `laurel train --keys` lists it.
struct RunKey {
  var name: String
  /// Its value when the file is silent; nil where the key is needed.
  var `default`: String?
  var help: String

  init(_ name: String, _ default: String?, _ help: String) {
    self.name = name
    self.default = `default`
    self.help = help
  }

  /// Every key, in the order in which a resolved file writes them.
  static let all: [RunKey] = [
    RunKey("name", "the file's name", "the run's name, and its folder's"),
    RunKey(
      "method", "grpo",
      "grpo: learn from rewards; sft: learn from the task's demonstrations (rewards only measure)"),
    RunKey(
      "model", ModelFiles.defaultName,
      "a model's name in .deps/models, a .gguf file or a folder in Hugging Face's layout"),
    RunKey("adapter", "none", "a folder with adapters to start from (PEFT's layout, or a checkpoint's)"),
    RunKey("task", nil, "where the prompts come from, with options (laurel tasks)"),
    RunKey(
      "held_out", "64", "how many prompts measure the policy before and after; they are never trained on"),
    RunKey("dtype", "auto", "of the frozen weights: auto, float32, bfloat16"),
    RunKey("device", "auto", "auto, cpu, cuda, cuda:N, mps"),
    RunKey("seed", "1", "of everything random; --seed overrides it"),
    RunKey("max_steps", "30", "updates (an update is one batch of prompts)"),
    RunKey("prompts_per_step", "8", "prompts in an update; TRL counts completions instead"),
    RunKey("num_generations", "8", "completions of each prompt: the group"),
    RunKey("max_completion_length", "512", "tokens"),
    RunKey("temperature", "1", "of sampling, 0.01 to 10"),
    RunKey("top_p", "1", "nucleus sampling"),
    RunKey("top_k", "0", "0: all tokens"),
    RunKey("stop", "[]", "texts that end a completion"),
    RunKey(
      "learning_rate", "1e-06", "TRL's default, meant for full fine-tuning; LoRA usually wants 1e-5 to 1e-3"),
    RunKey("lr_scheduler_type", "constant", "constant, linear or cosine, after warm-up"),
    RunKey("warmup_steps", "0", "updates during which the rate rises from 0"),
    RunKey("max_grad_norm", "1", "the gradient is clipped to this norm"),
    RunKey("optim", "adamw", "adamw or sgd"),
    RunKey("weight_decay", "0", ""),
    RunKey("adam_beta1", "0.9", ""),
    RunKey("adam_beta2", "0.999", ""),
    RunKey("adam_epsilon", "1e-08", ""),
    RunKey("momentum", "0", "of sgd"),
    RunKey("num_iterations", "1", "passes over a batch (inner epochs)"),
    RunKey("loss_type", "dapo", "how token losses are averaged: grpo, bnpo, dapo, dr_grpo"),
    RunKey("epsilon", "0.2", "clipping below"),
    RunKey("epsilon_high", "epsilon", "clipping above"),
    RunKey("beta", "0", "weight of the KL divergence to the model before training"),
    RunKey("kl_estimator", "k3", "k1, k2 or k3"),
    RunKey("entropy_coefficient", "0", "weight of the entropy bonus"),
    RunKey("token_budget", "1024", "tokens in a micro-batch: less takes less memory, the result is the same"),
    RunKey(
      "lora", "r: 16, lora_alpha: 32", "r, lora_alpha, target_modules, first_layer; false trains all weights"),
    RunKey("save_steps", "10", "updates between checkpoints"),
    RunKey("save_total_limit", "2", "checkpoints kept"),
    RunKey("eval_steps", "0", "updates between held-out measurements; 0: only before and after"),
    RunKey("rewards", nil, "the list of rewards (laurel rewards)"),
    RunKey("combine", "weighted_sum", "how rewards become one number (laurel rewards)"),
    RunKey("advantage", "grpo", "grpo, gdpo, rloo, ... (laurel rewards)"),
    RunKey(
      "credit", "none",
      "divides the reward among a response's parts (SCAR), a mapping: \(CreditSettings.parameters.map { "\($0.name) [\($0.default?.jsonText ?? "")]" }.joined(separator: ", "))"
    ),
    RunKey("tests", "none", "cases for laurel test; training does not read them"),
  ]

  /// What other trainers call things, and what to do about it here.
  static let elsewhere: [String: String] = [
    "per_device_train_batch_size":
      "TRL counts completions: prompts_per_step is that number times gradient_accumulation_steps, divided by num_generations",
    "train_batch_size": "set prompts_per_step: prompts in an update",
    "gradient_accumulation_steps":
      "prompts_per_step is the whole update; token_budget says how much is computed at a time",
    "num_train_epochs": "set max_steps: updates",
    "scale_rewards":
      "choose the advantage estimator: advantage: grpo divides by the group's deviation, dr_grpo does not",
    "reward_weights": "give each reward its weight: in the list of rewards",
    "reward_funcs": "name them under rewards",
    "max_prompt_length": "prompts are never cut; the task decides their length",
    "logging_steps": "every update is logged",
    "output_dir": "give --output FOLDER on the command line",
    "kl_coef": "set beta",
    "bf16": "set dtype: bfloat16",
    "fp16": "set dtype: bfloat16 or float32",
    "use_peft": "LoRA is the default; lora: false trains all weights",
    "lora_r": "set lora: {r: ...}",
    "lora_alpha": "set lora: {lora_alpha: ...}",
    "epochs": "set max_steps: updates",
    "steps": "set max_steps",
    "batch_size": "set prompts_per_step: prompts in an update",
    "dataset": "name it as task: jsonl: {path: ...}",
    "dataset_name": "name a file as task: jsonl: {path: ...}",
  ]
}
