package io.streaminfa.config;

/** Where a value was written. */
sealed interface Origin {
  /** The form of problems: {@code config/production.toml:12}. */
  String place();

  /** Line {@code line}, from 1, of a file as the user named it. */
  record FileLine(String file, int line) implements Origin {
    @Override
    public String place() {
      return file + ":" + line;
    }
  }

  /** The jar's own defaults. */
  record Shipped() implements Origin {
    @Override
    public String place() {
      return "default";
    }
  }

  /** A variable of the environment. */
  record Variable(String name) implements Origin {
    @Override
    public String place() {
      return name;
    }
  }

  /** Nobody wrote it: it follows from something else. */
  record Derived(String reason) implements Origin {
    @Override
    public String place() {
      return reason;
    }
  }
}
