/// A published system of the shelf.
public struct Paper: Sendable, Equatable {
  public enum Family: String, Sendable, CaseIterable {
    case control
    case coopetition
    case language = "language RL"
    case preferences = "preferences and theory"
    case multimodal = "multimodal and agents"
    case flow = "flow and media"
  }

  /// 1 to 68.
  public var number: Int
  /// What `laurel reproduce` calls it.
  public var slug: String
  public var name: String
  public var family: Family
  public var title: String
  /// nil where there is none, or none that we could confirm.
  public var arXiv: String?
  /// What the system is, in one line.
  public var summary: String

  init(
    _ number: Int, _ slug: String, _ name: String, _ family: Family, title: String, arXiv: String?,
    _ summary: String
  ) {
    self.number = number
    self.slug = slug
    self.name = name
    self.family = family
    self.title = title
    self.arXiv = arXiv
    self.summary = summary
  }

  /// The 68 systems.
  public static let catalogue: [Paper] = [
    Paper(
      1, "magicgui", "MagicGUI", .multimodal,
      title:
        "MagicGUI: A Foundational Mobile GUI Agent with Scalable Data Pipeline and Reinforcement Fine-tuning",
      arXiv: "2508.03700",
      "Mobile GUI agent trained by RL with a spatial composite reward and dual filtering"),
    Paper(
      2, "retro-star", "Retro*", .multimodal,
      title: "Retro*: Optimizing LLMs for Reasoning-Intensive Document Retrieval", arXiv: "2509.24869",
      "Rubric 0-100 relevance scoring, score integration, and a two-part RL reward for retrieval"),
    Paper(
      3, "barfi", "BARFI", .control,
      title: "Behavior Alignment via Reward Function Optimization", arXiv: "2310.19007",
      "Bi-level learning of a behaviour-alignment reward that blends task reward and designer hints"),
    Paper(
      4, "collective-action-loyalty", "Collective Action & Loyalty (TR-3)", .coopetition,
      title: "Computational Foundations for Strategic Coopetition: Formalizing Collective Action and Loyalty",
      arXiv: "2601.16237",
      "Team-production game whose free-riding equilibrium is lifted by loyalty-moderated utilities"),
    Paper(
      5, "dense-rewards", "Dense rewards", .control,
      title: "Towards better dense rewards in Reinforcement Learning Applications", arXiv: "2512.04302",
      "Dense rewards: G4RL graph-based subgoal rewards and SCAR Shapley credit for text"),
    Paper(
      6, "tp-grpo", "TP-GRPO", .language,
      title:
        "Good Learners Think Their Thinking: Generative PRM Makes Large Reasoning Model More Efficient Math Learner",
      arXiv: "2507.23317",
      "Thought-level process rewards read off a solution's own signals"),
    Paper(
      7, "robo-dopamine", "Robo-Dopamine", .control,
      title: "Robo-Dopamine: General Process Reward Modeling for High-Precision Robotic Manipulation",
      arXiv: "2512.23703",
      "Hop-based process reward model (GRM) with multi-perspective fusion and policy-invariant shaping"),
    Paper(
      8, "coopetition-gym", "Coopetition-Gym v1", .coopetition,
      title:
        "Coopetition-Gym v1: A Formally Grounded Platform for Mixed-Motive Multi-Agent Reinforcement Learning under Strategic Coopetition",
      arXiv: "2605.02063",
      "20 mixed-motive multi-agent games with a reward-mode switch, oracles and scored case studies"),
    Paper(
      9, "perceptual-rewards", "Perceptual rewards", .control,
      title: "Unsupervised Perceptual Rewards for Imitation Learning", arXiv: "1612.06699",
      "Find the steps of a task in a few demo videos and turn pre-trained features into a reward"),
    Paper(
      10, "marble", "MARBLE", .flow,
      title: "MARBLE: Multi-Aspect Reward Balance for Diffusion RL", arXiv: "2605.06507",
      "Multi-reward diffusion RL by a min-norm (QP) combination of per-reward gradients, amortised and EMA-smoothed"
    ),
    Paper(
      11, "t2i-reward-hacking-artifact", "T2I reward hacking + ArtifactReward", .flow,
      title: "Understanding Reward Hacking in Text-to-Image Reinforcement Learning", arXiv: "2601.03468",
      "What single and ensembled rewards miss, and a small artifact detector added as regulariser"),
    Paper(
      12, "effective-reward-specification", "Effective Reward Specification", .control,
      title: "Effective Reward Specification in Deep Reinforcement Learning", arXiv: "2412.07177",
      "Effective Reward Specification: ASAF imitation, coordination regularisers, behaviour specification by constraints, goal-conditioned GFlowNets"
    ),
    Paper(
      13, "harmo", "HARMO", .multimodal,
      title: "Beyond Monolithic Rewards: A Hybrid and Multi-Aspect Reward Optimization for MLLM Alignment",
      arXiv: "2510.05283",
      "Hybrid (rule + model) reward, format and length aspects, mean-only group advantage"),
    Paper(
      14, "heron", "HERON", .control,
      title: "Deep Reinforcement Learning from Hierarchical Weak Preference Feedback", arXiv: "2309.02632",
      "Preference labels from a ranked hierarchy of reward factors, then a preference reward model, then RL"),
    Paper(
      15, "constrained-rlhf", "Constrained RLHF", .preferences,
      title: "Confronting Reward Model Overoptimization with Constrained RLHF", arXiv: "2310.04373",
      "Keep every component reward at its proxy point with learned multipliers (mu-PPO, xi-PPO, NM-PPO)"),
    Paper(
      16, "reward-design-thesis", "Reward design for RL agents", .control,
      title: "Reward Design for Reinforcement Learning Agents", arXiv: nil,
      "EXPRD, ExpAdaRD, ExploRS (teacher-designed, adaptive and self-designed rewards)"),
    Paper(
      17, "instructvideo", "InstructVideo", .flow,
      title: "InstructVideo: Instructing Video Diffusion Models with Human Feedback", arXiv: "2312.12490",
      "Reward fine-tuning of a video diffusion model through partial DDIM chains with segmental, temporally attenuated image rewards"
    ),
    Paper(
      18, "cooper", "Cooper", .language,
      title: "Cooper: Co-Optimizing Policy and Reward Models in Reinforcement Learning for LLMs",
      arXiv: "2508.05613",
      "Co-optimise policy and reference-based reward model, using rule-verified positives and perturbed negatives"
    ),
    Paper(
      19, "ta-mdp-rft-theory", "TA-MDP theory of reinforcement fine-tuning", .preferences,
      title:
        "Rethinking Reinforcement Fine-Tuning in LVLM: Convergence, Reward Decomposition, and Generalization",
      arXiv: "2604.19857",
      "GRPO convergence, reward decomposition, PAC-Bayes transfer"),
    Paper(
      20, "par", "PAR", .preferences,
      title: "Reward Shaping to Mitigate Reward Hacking in RLHF", arXiv: "2502.18770",
      "Preference As Reward, a sigmoid of the reward centred on reference rewards, with its family of baseline shapers"
    ),
    Paper(
      21, "basereward", "BaseReward", .multimodal,
      title: "BaseReward: A Strong Baseline for Multimodal Reward Model", arXiv: "2509.16127",
      "A controlled recipe for scalar (Bradley-Terry) multimodal reward models"),
    Paper(
      22, "mixed-r1", "Mixed-R1", .multimodal,
      title:
        "Mixed-R1: Unified Reward Perspective For Reasoning Capability in Multimodal Large Language Models",
      arXiv: "2505.24164",
      "One GRPO run over four task types, each with its own reward (matching, chart, IoU, BMAS)"),
    Paper(
      23, "micro", "MiCRo", .preferences,
      title: "MiCRo: Mixture Modeling and Context-aware Routing for Personalized Preference Learning",
      arXiv: "2505.24846",
      "Mixture of Bradley-Terry heads with a context router, then online (Hedge) adaptation of the mixture weights"
    ),
    Paper(
      24, "srum", "SRUM", .multimodal,
      title: "SRUM: Fine-Grained Self-Rewarding for Unified Multimodal Models", arXiv: "2510.12784",
      "A unified model's understanding half rewards its generation half, globally and per region"),
    Paper(
      25, "secrets-rm", "MOSS-RM", .preferences,
      title: "Secrets of RLHF in Large Language Models Part II: Reward Modeling", arXiv: "2401.06080",
      "Reward modelling with ensemble preference strength, denoising, contrastive and meta learning"),
    Paper(
      26, "policy-cliff", "Policy Cliff", .preferences,
      title: "The Policy Cliff: A Theoretical Analysis of Reward-Policy Maps in Large Language Models",
      arXiv: "2507.20150",
      "When a tiny change of reward makes the optimal policy jump, and how entropy removes the jump"),
    Paper(
      27, "r1-reward", "R1-Reward", .language,
      title: "R1-Reward: Training Multimodal Reward Model Through Stable Reinforcement Learning",
      arXiv: "2505.02835",
      "StableReinforce, a stabilised REINFORCE++/PPO for training a (multimodal) generative judge"),
    Paper(
      28, "rewardmath", "RewardMATH", .preferences,
      title: "Evaluating Robustness of Reward Models for Mathematical Reasoning", arXiv: "2410.01729",
      "One-to-many robustness benchmark for mathematical reward models"),
    Paper(
      29, "urpo", "URPO", .language,
      title: "URPO: A Unified Reward & Policy Optimization Framework for Large Language Models",
      arXiv: "2507.17515",
      "One model is player and referee in a single GRPO loop over verifiable, preference and open-ended data"),
    Paper(
      30, "descore", "DeScore", .multimodal,
      title: "Think, then Score: Decoupled Reasoning and Scoring for Video Reward Modeling",
      arXiv: "2605.05922",
      "Think first (chain of thought), then score with a separate query token and regression head"),
    Paper(
      31, "dragon", "DRAGON", .flow,
      title: "DRAGON: Distributional Rewards Optimize Diffusion Generative Models", arXiv: "2504.15217",
      "Fine-tuning diffusion models on instance, instance-to-distribution and distribution-to-distribution rewards through contrastive on-policy sets"
    ),
    Paper(
      32, "clip-delta", "Clip and Delta", .language,
      title: "On Designing Effective RL Reward at Training Time for LLM Reasoning", arXiv: "2410.15115",
      "Bounding learned step rewards so that they cannot be farmed"),
    Paper(
      33, "endogenous-reward", "Endogenous reward (EndoRM)", .preferences,
      title: "Generalist Reward Models: Found Inside Large Language Models", arXiv: "2506.23235",
      "Read a reward out of any language model's logits by the inverse soft Bellman operator"),
    Paper(
      34, "vpl", "VPL", .preferences,
      title: "Personalizing RLHF with Variational Preference Learning", arXiv: "2408.10075",
      "Variational preference learning, a user latent inferred from a few labelled pairs conditions the reward model"
    ),
    Paper(
      35, "oni", "ONI", .control,
      title: "Online Intrinsic Rewards for Decision Making Agents from Large Language Model Feedback",
      arXiv: "2410.23022",
      "Online intrinsic reward distilled from an asynchronous LLM annotator while the policy trains"),
    Paper(
      36, "resume-grpo", "Resume screening", .language,
      title:
        "A Mathematical Framework for Custom Reward Functions in Job Application Evaluation using Reinforcement Learning",
      arXiv: "2511.16073",
      "Resume screening with a four-part reward (\"gentle polishing\") and an audit of that reward"),
    Paper(
      37, "lucy-skg", "Lucy-SKG", .control,
      title: "Lucy-SKG: Learning to Play Rocket League Efficiently Using Deep Reinforcement Learning",
      arXiv: "2305.15801",
      "Kinesthetic Reward Combination, shaped reward functions, reward-field analysis and auxiliary heads for Rocket League"
    ),
    Paper(
      38, "verpo", "VeRPO", .language,
      title: "VeRPO: Verifiable Dense Reward Policy Optimization for Code Generation", arXiv: "2601.03525",
      "Unit-test pass vectors turned into a dense reward that is not fooled by many easy tests"),
    Paper(
      39, "amft", "AMFT", .language,
      title: "AMFT: Aligning LLM Reasoners by Meta-Learning the Optimal Imitation-Exploration Balance",
      arXiv: "2508.06944",
      "One training stage that learns how much to imitate and how much to explore"),
    Paper(
      40, "euphonium", "Euphonium", .flow,
      title: "Euphonium: Steering Video Flow Matching via Process Reward Gradient Guided Stochastic Dynamics",
      arXiv: "2602.04928",
      "Reward-gradient-guided SDE rollouts for flow matching, dual-reward GRPO, guidance distilled into the network"
    ),
    Paper(
      41, "calm", "CALM", .control,
      title: "Assessing the Zero-Shot Capabilities of LLMs for Action Evaluation in RL", arXiv: "2409.12798",
      "Zero-shot LLM as subgoal finder and transition verifier, turning flagged transitions into shaping reward"
    ),
    Paper(
      42, "mamql", "MAMQL", .control,
      title: "Multi-Agent Inverse Q-Learning from Demonstrations", arXiv: "2503.04679",
      "Multi-agent inverse soft-Q learning with critics marginalised over the other agents"),
    Paper(
      43, "topological-rlhf", "Reward topology", .preferences,
      title: "Reward Generalization in RLHF: A Topological Perspective", arXiv: "2402.10184",
      "Induced Bayesian networks and reward modelling from tree-structured preferences"),
    Paper(
      44, "magicgui-rms", "MagicGUI-RMS", .multimodal,
      title:
        "MagicGUI-RMS: A Multi-Agent Reward Model System for Self-Evolving GUI Agents via Automated Feedback Reflux",
      arXiv: "2601.13060",
      "Two reward models (domain + general) that correct GUI actions and feed data back"),
    Paper(
      45, "adv-grpo", "Adv-GRPO", .flow,
      title:
        "The Image as Its Own Reward: Reinforcement Learning with Adversarial Reward for Image Generation",
      arXiv: "2511.20256",
      "The reward is a discriminator on frozen vision features, retrained against reference images while GRPO trains the generator"
    ),
    Paper(
      46, "vgpo", "VGPO", .flow,
      title: "Anchoring Values in Temporal and Group Dimensions for Flow Matching Model Alignment",
      arXiv: "2512.12387",
      "Per-step values from one-step previews (TCRM) and a dual relative + absolute advantage (ADAE) for flow-matching GRPO"
    ),
    Paper(
      47, "likelihood-rewards", "Likelihood rewards", .language,
      title: "Likelihood-Based Reward Designs for General LLM Reasoning", arXiv: "2602.03979",
      "Score a chain of thought by how likely it makes the reference answer"),
    Paper(
      48, "morec", "MOREC", .control,
      title:
        "Reward-Consistent Dynamics Models are Strongly Generalizable for Offline Reinforcement Learning",
      arXiv: "2310.05422",
      "Learn a \"dynamics reward\" from offline data and use it to filter a model's imagined transitions"),
    Paper(
      49, "flr", "FLR", .preferences,
      title: "Aligning Language Models Using Follow-up Likelihood as Reward Signal", arXiv: "2409.13948",
      "The likelihood of positive versus negative user follow-ups as reward"),
    Paper(
      50, "cosearch", "CoSearch", .language,
      title:
        "CoSearch: Joint Training of Reasoning and Document Ranking via Reinforcement Learning for Agentic Search",
      arXiv: "2604.17555",
      "Train the search agent and a generative document ranker together with GRPO"),
    Paper(
      51, "co-reward", "Co-Reward", .language,
      title:
        "Co-Reward: Self-supervised Reinforcement Learning for Large Language Model Reasoning via Contrastive Agreement",
      arXiv: "2508.00410",
      "Majority votes on a rephrased question supervise the original, and the other way round"),
    Paper(
      52, "toolrl", "ToolRL", .language,
      title: "ToolRL: Reward is All Tool Learning Needs", arXiv: "2504.13958",
      "A graded, order-free match reward for tool calls plus a format reward"),
    Paper(
      53, "reward-engineering-overview", "Overview of reward engineering and shaping", .control,
      title:
        "Comprehensive Overview of Reward Engineering and Shaping in Advancing Reinforcement Learning Applications",
      arXiv: "2408.10215",
      "A checked catalogue of shaping rules, with invariance tests"),
    Paper(
      54, "qd-sparse-rewards", "Quality-diversity for sparse rewards", .control,
      title: "Learning in Sparse Rewards settings through Quality-Diversity algorithms", arXiv: nil,
      "Novelty Search, TAXONS, signature descriptors, SERENE, STAX"),
    Paper(
      55, "gdpo", "GDPO", .language,
      title:
        "GDPO: Group reward-Decoupled Normalization Policy Optimization for Multi-reward RL Optimization",
      arXiv: "2601.05242",
      "Normalise every reward inside its group first, then add, then whiten over the batch"),
    Paper(
      56, "prime", "PRIME", .language,
      title: "Process Reinforcement through Implicit Rewards", arXiv: "2502.01456",
      "Token-level rewards from a reward model trained online on outcome labels only"),
    Paper(
      57, "d2-align", "D2-Align and DivGenBench", .flow,
      title:
        "Taming Preference Mode Collapse via Directional Decoupling Alignment in Diffusion Reinforcement Learning",
      arXiv: "2512.24146",
      "Correct the direction of an embedding reward with one learned vector, and measure preference mode collapse"
    ),
    Paper(
      58, "grpo-lambda", "GRPO-lambda", .language,
      title: "Stable Reinforcement Learning for Efficient Reasoning", arXiv: "2505.18086",
      "Length penalty only for the groups that already get it right"),
    Paper(
      59, "daa-scaling", "DAA over-optimisation", .preferences,
      title: "Scaling Laws for Reward Model Overoptimization in Direct Alignment Algorithms",
      arXiv: "2406.02900",
      "DPO, IPO and SLiC under one loss, KL budgets, hump-shaped quality and its scaling law"),
    Paper(
      60, "slideforge-inverse-spec", "SlideForge", .multimodal,
      title: "Learning to Present: Inverse Specification Rewards for Agentic Slide Generation", arXiv: nil,
      "Tool-use slide environment with a six-part reward, one part being inverse specification"),
    Paper(
      61, "school-of-reward-hacks", "School of Reward Hacks", .preferences,
      title: "School of Reward Hacks: Hacking harmless tasks generalizes to misaligned behavior in LLMs",
      arXiv: "2508.17511",
      "Harmless metric-gaming data, and whether training on it generalises"),
    Paper(
      62, "icpl", "ICPL", .control,
      title: "Few-shot In-Context Preference Learning Using Large Language Models", arXiv: "2410.17233",
      "An LLM writes reward programs and improves them in context from rankings of the trained policies"),
    Paper(
      63, "rewarddance", "RewardDance", .multimodal,
      title: "RewardDance: Reward Scaling in Visual Generation", arXiv: "2509.08826",
      "Reward = probability of the token \"yes\" to \"is image 1 better than image 2?\""),
    Paper(
      64, "dno", "DNO", .preferences,
      title: "Direct Nash Optimization: Teaching Language Models to Self-Improve with General Preferences",
      arXiv: "2404.03715",
      "Direct Nash Optimization, batched on-policy contrastive learning against a general (possibly cyclic) preference"
    ),
    Paper(
      65, "ixc25-reward", "IXC-2.5-Reward", .multimodal,
      title: "InternLM-XComposer2.5-Reward: A Simple Yet Effective Multi-Modal Reward Model",
      arXiv: "2501.12368",
      "Discriminative multimodal reward model with length-constrained preference data"),
    Paper(
      66, "brme", "BRME", .preferences,
      title: "Reward-Robust RLHF in LLMs", arXiv: "2409.15360",
      "Reward-robust RLHF with a multi-head Gaussian reward model (nominal plus worst case)"),
    Paper(
      67, "rm-r1", "RM-R1", .preferences,
      title: "RM-R1: Reward Modeling as Reasoning", arXiv: "2505.02387",
      "Generative judge that reasons (solution or rubric) before choosing, trained by distillation then RL with a verifiable reward"
    ),
    Paper(
      68, "exploitation-for-exploration", "Exploitation is all you need", .control,
      title: "Exploitation Is All You Need... for Exploration", arXiv: "2508.01287",
      "Exploration that emerges from a purely greedy objective in meta-RL"),
  ]
}
