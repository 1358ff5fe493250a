/// The names that the lexer knows.
enum MathVocabulary {
  /// Unicode characters as LaTeX.
  static let unicode: [Unicode.Scalar: String] = {
    var table: [Unicode.Scalar: String] = [
      "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "﹣": "-", "－": "-", "＋": "+", "×": "\\times ",
      "·": "\\cdot ", "⋅": "\\cdot ",
      "∙": "\\cdot ", "•": "\\cdot ", "∗": "*", "÷": "\\div ", "∕": "/", "⁄": "/", "√": "\\surd ",
      "∛": "\\cbrt ",
      "π": "\\pi ", "𝜋": "\\pi ", "∞": "\\infty ", "≤": "\\le ", "≥": "\\ge ", "⩽": "\\le ", "⩾": "\\ge ",
      "≦": "\\le ", "≧": "\\ge ", "≠": "\\ne ", "≈": "\\approx ",
      "∈": "\\in ", "∪": "\\cup ", "∩": "\\cap ", "∖": "\\setminus ", "∅": "\\emptyset ", "Ø": "\\emptyset ",
      "ℝ": "\\reals ", "ℤ": "\\integers ",
      "ℕ": "\\naturals ", "ℚ": "\\rationals ", "±": "\\pm ", "∓": "\\mp ", "°": "\\degree ", "º": "\\degree ",
      "˚": "\\degree ", "′": "'",
      "…": "\\ldots ", "⋯": "\\ldots ", "→": "\\to ", "↦": "\\mapsto ", "∣": "|", "｜": "|", "⟨": "\\langle ",
      "⟩": "\\rangle ",
      "⌊": "\\lfloor ", "⌋": "\\rfloor ", "⌈": "\\lceil ", "⌉": "\\rceil ", "€": "\\euro ", "£": "\\pound ",
      "¥": "\\yen ", "₹": "\\rupee ",
      "½": "\\frac{1}{2}", "⅓": "\\frac{1}{3}", "⅔": "\\frac{2}{3}", "¼": "\\frac{1}{4}", "¾": "\\frac{3}{4}",
      "⅕": "\\frac{1}{5}",
      "⅖": "\\frac{2}{5}", "⅗": "\\frac{3}{5}", "⅘": "\\frac{4}{5}", "⅙": "\\frac{1}{6}", "⅚": "\\frac{5}{6}",
      "⅛": "\\frac{1}{8}",
      "⅜": "\\frac{3}{8}", "⅝": "\\frac{5}{8}", "⅞": "\\frac{7}{8}", "⅑": "\\frac{1}{9}",
      "⅒": "\\frac{1}{10}", "⅐": "\\frac{1}{7}",
      "，": ",", "；": ";", "：": ":", "（": "(", "）": ")", "［": "[", "］": "]", "｛": "\\{", "｝": "\\}",
      "％": "\\%", "＝": "=", "＜": "<", "＞": ">",
      "。": ".", "’": "'", "ⅈ": "\\imaginary ", "ⅇ": "\\mathrm{e}", "∧": "\\land ", "∨": "\\lor ",
      "∥": "\\parallel ", "⊥": "\\perp ", "∠": "\\angle ", "△": "\\triangle ", "⊂": "\\subset ",
      "⊆": "\\subseteq ", "∼": "\\sim ", "≅": "\\cong ", "≡": "\\equiv ",
      "\u{A0}": " ", "\u{2009}": " ", "\u{202F}": " ", "\u{200B}": "", "\u{2061}": "", "\u{2062}": "",
      "\u{2003}": " ", "\u{2002}": " ", "\u{FEFF}": "", "\u{3000}": " ",
    ]
    let greek = [
      "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta",
      "θ": "theta", "κ": "kappa",
      "λ": "lambda", "μ": "mu", "µ": "mu", "ν": "nu", "ξ": "xi", "ρ": "rho", "σ": "sigma", "τ": "tau",
      "φ": "phi", "ϕ": "phi", "χ": "chi", "ψ": "psi",
      "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Σ": "Sigma", "Φ": "Phi",
      "Ψ": "Psi", "Ω": "Omega",
    ]
    for (scalar, name) in greek { table[Unicode.Scalar(scalar) ?? " "] = "\\\(name) " }
    return table
  }()

  static let superscripts: [Unicode.Scalar: String] = [
    "⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8", "⁹": "9",
    "⁻": "-", "⁺": "+", "ⁿ": "n", "ˣ": "x",
    "ⁱ": "i", "⁽": "(", "⁾": ")",
  ]
  static let subscripts: [Unicode.Scalar: String] = [
    "₀": "0", "₁": "1", "₂": "2", "₃": "3", "₄": "4", "₅": "5", "₆": "6", "₇": "7", "₈": "8", "₉": "9",
    "ₙ": "n", "ₓ": "x",
  ]

  /// Commands that say nothing about the value.
  static let ignored: Set<String> = [
    "left", "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "Biggl",
    "Biggr", "middle", "displaystyle",
    "textstyle", "scriptstyle", "limits", "nolimits", "quad", "qquad", "thinspace", "enspace", "space",
    "hfill", "nobreak", "allowbreak", "mathstrut", "strut",
    "noindent", "newline", "centering", "large", "Large", "small", "normalsize", "bf", "rm", "it", "sf", "tt",
    "cal", "em", "lim", "therefore", "because", "checkmark", "square", "blacksquare",
  ]
  /// Commands whose group is read as if they were not there.
  static let transparent: Set<String> = [
    "boxed", "fbox", "framebox", "mathbf", "boldsymbol", "bm", "pmb", "mathit", "mathsf", "mathcal",
    "mathscr", "mathfrak", "vec", "hat", "tilde", "underline", "underset", "ensuremath", "mathbin",
    "mathrel", "mathop", "mathord", "color", "cancel", "emph", "uline",
  ]
  /// Commands whose group is running text.
  static let text: Set<String> = [
    "text", "textbf", "textrm", "textit", "textsf", "texttt", "textnormal", "textsc", "mbox", "hbox",
    "textup", "textmd",
  ]
  /// Commands whose group is one symbol, letters and all.
  static let accents: Set<String> = [
    "overrightarrow", "overleftarrow", "overline", "bar", "widehat", "widetilde", "dot", "ddot", "overarc",
    "arc",
  ]

  static let aliases: [String: String] = [
    "dfrac": "frac", "tfrac": "frac", "cfrac": "frac", "nicefrac": "frac", "sfrac": "frac", "dbinom": "binom",
    "tbinom": "binom", "choose": "choose",
    "ast": "times", "cdotp": "cdot", "bullet": "cdot", "infinity": "infty", "inf": "infty", "oo": "infty",
    "Infinity": "infty", "tg": "tan", "ctg": "cot", "cotan": "cot", "cosec": "csc",
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "arctg": "arctan", "arccotan": "arccot",
    "acot": "arccot", "sh": "sinh", "ch": "cosh",
    "degrees": "degree", "deg": "degree", "lvert": "vert", "rvert": "vert", "mid": "vert",
    "varnothing": "emptyset", "cuberoot": "cbrt", "imath": "imaginary", "abs": "abs", "ceiling": "ceil",
    "dots": "ldots", "cdots": "ldots", "dotsc": "ldots", "dotsb": "ldots", "lbrack": "lbrack",
    "smallsetminus": "setminus", "backslash": "setminus", "R": "reals", "Reals": "reals", "Z": "integers",
    "N": "naturals", "Q": "rationals", "varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi",
    "varrho": "rho", "varsigma": "sigma", "Pi": "Pi", "bigcup": "cup", "bigcap": "cap",
    "wedge": "land", "vee": "lor", "frac": "frac", "lb": "lbrace", "lcurly": "lbrace", "rcurly": "rbrace",
  ]

  static let relations: [String: MathRelation] = [
    "le": .lessOrEqual, "leq": .lessOrEqual, "leqslant": .lessOrEqual, "leqq": .lessOrEqual,
    "ge": .greaterOrEqual, "geq": .greaterOrEqual, "geqslant": .greaterOrEqual, "geqq": .greaterOrEqual,
    "lt": .less, "gt": .greater, "ne": .notEqual, "neq": .notEqual, "in": .member, "mapsto": .mapsTo,
    "to": .mapsTo, "rightarrow": .mapsTo, "longmapsto": .mapsTo, "approx": .equal,
    "equiv": .other("equiv"), "subset": .other("subset"), "subseteq": .other("subseteq"),
    "supset": .other("supset"), "notin": .other("notin"), "parallel": .other("parallel"),
    "perp": .other("perp"), "sim": .other("sim"), "cong": .other("cong"), "propto": .other("propto"),
    "implies": .other("implies"), "Rightarrow": .other("implies"), "iff": .other("iff"),
    "Leftrightarrow": .other("iff"), "leftrightarrow": .other("iff"), "simeq": .other("simeq"),
    "coloneqq": .equal,
  ]

  static let greek: Set<String> = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu",
    "nu", "xi", "omicron", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
    "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega", "ell", "hbar",
    "triangle", "angle", "nabla", "partial", "forall", "exists", "star", "dagger", "prime",
  ]

  /// Names that mean the same written with and without a backslash.
  static let plainCommands: Set<String> = [
    "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "arccot", "asin", "acos", "atan",
    "sinh", "cosh", "tanh", "exp", "ln", "log", "lg", "sqrt", "cbrt", "abs", "floor",
    "ceil", "ceiling", "pi", "inf", "infinity", "infty", "oo", "frac", "dfrac", "binom", "theta",
    "alpha", "beta", "gamma", "lambda", "sigma", "omega", "mu", "phi", "rho", "degrees", "degree", "deg",
    "pm", "leq", "geq", "neq",
    "times", "cdot", "union", "emptyset", "choose",
  ]

  /// Words of two or three letters that are words, not products.
  static let shortWords: Set<String> = [
    "and", "or", "the", "is", "of", "at", "to", "in", "on", "no", "yes", "not", "if", "for", "all", "cm",
    "mm", "km", "kg", "mg", "ml", "mL", "ft", "mi", "lb", "lbs", "oz", "hr", "hrs", "min",
    "mph", "kph", "day", "way", "odd", "am", "pm", "AM", "PM", "sq", "per", "by", "are", "yd", "gal", "pts",
    "USD", "it", "we", "men", "DNE", "dm", "nm", "kW", "Hz", "mol", "ways", "was", "so", "an", "as", "but",
    "box", "bit", "pen", "cup", "cups", "Yes", "No", "YES", "NO", "The", "All", "Not", "And", "Or", "one",
    "two", "six", "ten", "new", "old", "out", "set", "has", "can", "any", "may", "be", "than", "inch",
  ]
}
