/// The invented tools that the task `tool_calls` draws from.
enum ToolCatalog {
  static let tools: [Tool] = household + travel + office + knowledge

  private static let cities = [
    "Paris", "Oslo", "Lima", "Kyoto", "Cairo", "Rome", "Boston", "Delhi", "Lagos", "Quito", "Prague", "Seoul",
  ]
  private static let rooms = ["kitchen", "bedroom", "garage", "office", "bathroom", "hallway", "nursery"]
  private static let people = ["Anna", "Omar", "Lucia", "Ken", "Maya", "Peter", "Zoe", "Ravi", "Ines", "Tom"]
  private static let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
  private static let languages = ["French", "German", "Spanish", "Japanese", "Polish", "Turkish"]

  private static let household: [Tool] = [
    Tool(
      "timer",
      [
        ToolParameter("minutes", .integer(1...90)),
        ToolParameter("label", .text(["tea", "pasta", "nap"]), "called {}"),
      ],
      ["Set a timer for {} minutes.", "Count down {} minutes.", "Ring after {} minutes."]),
    Tool(
      "alarm",
      [
        ToolParameter("hour", .integer(4...11)),
        ToolParameter("repeat", .flag(yes: "every day", no: "only once"), "{}"),
      ],
      ["Wake me at {}.", "Set an alarm for {} o'clock.", "I must be up at {}."]),
    Tool(
      "light",
      [
        ToolParameter("color", .choice(["red", "blue", "green"])),
        ToolParameter("brightness", .integer(10...100), "at {} percent"),
      ],
      ["Make the lights {}.", "Turn the lamp {}.", "I want {} light."]),
    Tool(
      "heating",
      [ToolParameter("degrees", .tenths(160...240)), ToolParameter("room", .text(rooms), "in the {}")],
      ["Heat to {} degrees.", "Set the heating to {}.", "Make it {} degrees warm."]),
    Tool(
      "lock",
      [
        ToolParameter("door", .choice(["front", "back", "side"])),
        ToolParameter("alarm", .flag(yes: "with the alarm on", no: "with the alarm off"), "{}"),
      ],
      ["Lock the {} door.", "Make sure the {} door is locked.", "Close and lock the {} door."]),
    Tool(
      "volume",
      [ToolParameter("level", .integer(0...100)), ToolParameter("room", .text(rooms), "in the {}")],
      ["Set the volume to {}.", "Turn the sound to {}.", "Volume {}, please."]),
    Tool(
      "music",
      [
        ToolParameter(
          "title",
          .text(["Moonlight", "Blue River", "Summer Rain", "Old Friends", "Paper Boats", "Northern Train"])),
        ToolParameter("shuffle", .flag(yes: "with shuffle on", no: "with shuffle off"), "{}"),
      ],
      ["Play {}.", "I want to hear {}.", "Put on the song {}."]),
    Tool(
      "vacuum",
      [
        ToolParameter("room", .text(rooms)), ToolParameter("mode", .choice(["quick", "deep"]), "in {} mode"),
      ],
      ["Vacuum the {}.", "Send the robot to clean the {}.", "The {} is dirty, clean it."]),
    Tool(
      "blinds",
      [ToolParameter("room", .text(rooms)), ToolParameter("percent", .integer(10...100), "by {} percent")],
      ["Open the blinds in the {}.", "Let some sun into the {}.", "Raise the {} blinds."]),
    Tool(
      "water", [ToolParameter("liters", .tenths(5...60)), ToolParameter("day", .text(days), "on {}")],
      ["Water the plants with {} liters.", "Give the garden {} liters.", "The plants need {} liters."]),
    Tool(
      "coffee",
      [
        ToolParameter("cups", .integer(1...12)),
        ToolParameter("strength", .choice(["mild", "strong"]), "and make it {}"),
      ],
      ["Brew {} cups of coffee.", "Make coffee, {} cups.", "I need {} cups of coffee."]),
    Tool(
      "washer",
      [
        ToolParameter("degrees", .integer(20...90)),
        ToolParameter("spin", .flag(yes: "with spin", no: "without spin"), "{}"),
      ],
      ["Wash the clothes at {} degrees.", "Start the washer at {} degrees.", "Do a {} degree wash."]),
  ]

  private static let travel: [Tool] = [
    Tool(
      "weather",
      [ToolParameter("city", .text(cities)), ToolParameter("days", .integer(1...10), "for {} days")],
      ["What is the weather in {}?", "Is it raining in {}?", "Do I need a coat in {}?"]),
    Tool(
      "flight",
      [ToolParameter("destination", .text(cities)), ToolParameter("day", .text(days), "on {}")],
      ["Find a flight to {}.", "I want to fly to {}.", "Which planes go to {}?"]),
    Tool(
      "hotel",
      [ToolParameter("city", .text(cities)), ToolParameter("nights", .integer(1...14), "for {} nights")],
      ["Book a hotel in {}.", "I need a room in {}.", "Find me a place to sleep in {}."]),
    Tool(
      "car",
      [
        ToolParameter("days", .integer(1...30)),
        ToolParameter("automatic", .flag(yes: "with automatic gears", no: "with manual gears"), "{}"),
      ],
      ["Rent a car for {} days.", "I need a car for {} days.", "Get me a rental car, {} days."]),
    Tool(
      "taxi",
      [
        ToolParameter("place", .text(["station", "airport", "museum", "harbour", "stadium", "hospital"])),
        ToolParameter("passengers", .integer(1...6), "for {} people"),
      ],
      ["Call a taxi to the {}.", "I need a ride to the {}.", "Get me a cab to the {}."]),
    Tool(
      "parking",
      [
        ToolParameter(
          "street", .text(["Oak Street", "Mill Road", "Hill Lane", "King Street", "Lake Drive"])),
        ToolParameter("hours", .integer(1...12), "for {} hours"),
      ],
      ["Find parking near {}.", "Where can I park on {}?", "I want to leave the car on {}."]),
    Tool(
      "route",
      [
        ToolParameter("destination", .text(cities)),
        ToolParameter("mode", .choice(["car", "train", "bike"]), "by {}"),
      ],
      ["How do I get to {}?", "Show the way to {}.", "Plan a route to {}."]),
    Tool(
      "miles",
      [
        ToolParameter("miles", .tenths(10...900)),
        ToolParameter("rounded", .flag(yes: "rounded", no: "not rounded"), "{}"),
      ],
      ["How many kilometers are {} miles?", "Convert {} miles.", "Turn {} miles into kilometers."]),
    Tool(
      "clock",
      [
        ToolParameter("city", .text(cities)),
        ToolParameter("format", .choice(["12h", "24h"]), "in {} format"),
      ],
      ["What time is it in {}?", "Tell me the time in {}.", "Is it night in {}?"]),
  ]

  private static let office: [Tool] = [
    Tool(
      "email",
      [
        ToolParameter("to", .text(people)),
        ToolParameter("urgent", .flag(yes: "as urgent", no: "as not urgent"), "{}"),
      ],
      ["Send an email to {}.", "Write {} an email.", "Mail the report to {}."]),
    Tool(
      "call",
      [
        ToolParameter("name", .text(people)),
        ToolParameter("video", .flag(yes: "with video", no: "without video"), "{}"),
      ],
      ["Call {}.", "Phone {} now.", "I want to talk to {}."]),
    Tool(
      "note",
      [
        ToolParameter(
          "text",
          .text(["buy milk", "water the cat", "pay rent", "fix the bike", "order paint", "renew passport"])),
        ToolParameter("pinned", .flag(yes: "as pinned", no: "as not pinned"), "{}"),
      ],
      ["Write down: {}.", "Make a note: {}.", "Remember this: {}."]),
    Tool(
      "meeting",
      [ToolParameter("with", .text(people)), ToolParameter("minutes", .integer(15...120), "for {} minutes")],
      ["Book a meeting with {}.", "Put {} in my calendar.", "Arrange a meeting with {}."]),
    Tool(
      "pay",
      [ToolParameter("amount", .integer(5...500)), ToolParameter("to", .text(people), "to {}")],
      ["Send {} dollars.", "Transfer {} dollars.", "Pay {} dollars."]),
    Tool(
      "stock",
      [
        ToolParameter("symbol", .text(["AAPL", "TSLA", "IBM", "NVDA", "SAP", "SONY", "INTC"])),
        ToolParameter("days", .integer(1...60), "for {} days"),
      ],
      ["How is {} stock doing?", "What is the price of {}?", "Show the {} stock."]),
    Tool(
      "print",
      [
        ToolParameter("file", .text(["report.pdf", "plan.pdf", "photo.png", "notes.txt", "bill.pdf"])),
        ToolParameter("copies", .integer(1...20), "in {} copies"),
      ],
      ["Print {}.", "I need {} on paper.", "Send {} to the printer."]),
    Tool(
      "delete",
      [
        ToolParameter("file", .text(["old.txt", "draft.doc", "test.csv", "temp.log", "copy.zip"])),
        ToolParameter("forever", .flag(yes: "forever", no: "into the bin"), "{}"),
      ],
      ["Delete {}.", "Throw {} away.", "Remove the file {}."]),
    Tool(
      "screenshot",
      [
        ToolParameter("window", .text(["browser", "editor", "terminal", "mail", "player"])),
        ToolParameter("delay", .integer(1...30), "after {} seconds"),
      ],
      ["Take a screenshot of the {}.", "Capture the {} window.", "Save a picture of the {} window."]),
    Tool(
      "tip",
      [
        ToolParameter("bill", .tenths(50...2000)),
        ToolParameter("percent", .integer(5...25), "at {} percent"),
      ],
      [
        "What is the tip on {} dollars?", "Work out a tip for {} dollars.",
        "The bill is {}, what is the tip?",
      ]),
  ]

  private static let knowledge: [Tool] = [
    Tool(
      "translate",
      [
        ToolParameter(
          "text", .text(["good morning", "thank you", "see you soon", "good night", "happy birthday"])),
        ToolParameter("language", .text(languages), "into {}"),
      ],
      ["Translate {}.", "Give me a translation of {}.", "How do other people say {}?"]),
    Tool(
      "define",
      [
        ToolParameter(
          "word", .text(["entropy", "nebula", "quorum", "fjord", "sonnet", "ballast", "plinth"])),
        ToolParameter("examples", .integer(1...5), "with {} examples"),
      ],
      ["What does {} mean?", "Define {}.", "Look up the word {}."]),
    Tool(
      "recipe",
      [
        ToolParameter("dish", .text(["lasagna", "ramen", "paella", "goulash", "curry", "pancakes"])),
        ToolParameter("servings", .integer(1...8), "for {} people"),
      ],
      ["How do I cook {}?", "Find a recipe for {}.", "I want to make {}."]),
    Tool(
      "movie",
      [
        ToolParameter("genre", .choice(["comedy", "horror", "drama"])),
        ToolParameter("year", .integer(1950...2024), "from {}"),
      ],
      ["Find a {} movie.", "I want to watch a {} film.", "Suggest a {} for tonight."]),
    Tool(
      "score",
      [
        ToolParameter("team", .text(["Tigers", "Eagles", "Rovers", "Sharks", "Wolves", "Comets"])),
        ToolParameter("season", .integer(2000...2024), "in {}"),
      ],
      ["How did the {} play?", "What is the score of the {}?", "Did the {} win?"]),
    Tool(
      "run",
      [
        ToolParameter("kilometers", .tenths(10...420)),
        ToolParameter("minutes", .integer(5...240), "in {} minutes"),
      ],
      ["I ran {} kilometers.", "Log a run of {} kilometers.", "Save my run: {} kilometers."]),
    Tool(
      "meal",
      [
        ToolParameter("food", .text(["salad", "soup", "toast", "rice", "omelette", "yoghurt"])),
        ToolParameter("calories", .integer(50...900), "with {} calories"),
      ],
      ["I ate {}.", "Log my meal: {}.", "For lunch I had {}."]),
    Tool(
      "dice",
      [ToolParameter("sides", .integer(4...100)), ToolParameter("count", .integer(2...9), "{} times")],
      ["Roll a die with {} sides.", "Throw a {} sided die.", "Give me a number from a {} sided die."]),
  ]
}
