"""Writes a GGUF model as a transformers folder: float32 weights and a fast tokenizer.

    python bench/convert_model.py MODEL.gguf FOLDER
"""

import os
import shutil
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaForCausalLM, PreTrainedTokenizerFast


def main():
    source, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
    where, name = os.path.split(source)
    loaded = AutoModelForCausalLM.from_pretrained(where, gguf_file=name, dtype=torch.float32)
    # A model that came from GGUF refuses to be saved; a fresh one with the same weights does not.
    config = loaded.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    model = LlamaForCausalLM(config)
    model.load_state_dict(loaded.state_dict())
    model.generation_config.eos_token_id = config.eos_token_id
    model.generation_config.pad_token_id = config.pad_token_id

    tokenizer = AutoTokenizer.from_pretrained(where, gguf_file=name)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer.backend_tokenizer,
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        unk_token="<|endoftext|>",
        pad_token="<|im_end|>",
        padding_side="left",
    )
    fast.chat_template = tokenizer.chat_template

    unfinished = folder + ".unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    model.save_pretrained(unfinished)
    fast.save_pretrained(unfinished)
    shutil.rmtree(folder, ignore_errors=True)
    os.rename(unfinished, folder)


if __name__ == "__main__":
    main()
