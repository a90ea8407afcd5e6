package io.streaminfa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandRunnerTest {
  private static final Option OUT = Option.value("out", "DIR", "where to").required();
  private static final Option COUNT =
      Option.value("count", "N", "how many of them, " + "so ".repeat(30).strip());
  private static final Option FAST = Option.flag("fast", "in a hurry");
  private static final Option SECRET = Option.flag("secret", "for those who know").hidden();

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private static final class Copy implements Command {
    @Override
    public String name() {
      return "copy";
    }

    @Override
    public String description() {
      return "Copies.";
    }

    @Override
    public List<Option> options() {
      return List.of(OUT, COUNT, FAST, SECRET);
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(new Parameter("FILE", "what"));
    }

    @Override
    public int run(Call call) throws UsageException {
      call.out()
          .printf(
              "%s %s %d %s %s",
              call.argument(0),
              call.required(OUT),
              call.number(COUNT, 3),
              call.has(FAST),
              call.has(SECRET));
      if (call.argument(0).equals("bad")) {
        throw new IllegalStateException("unforeseen");
      }
      return 7;
    }
  }

  private int run(String words) {
    return new CommandRunner("x copy", new Copy(), () -> List.of("X 1"))
        .run(List.of(words.split(" ")), new PrintWriter(out, true), new PrintWriter(err, true));
  }

  @ParameterizedTest
  @CsvSource({
    "a --out d, a d 3 false false",
    "--out=d a, a d 3 false false",
    "--fast --out d a --count=4 --secret, a d 4 true true",
    "--out=\"d\" a, a \"d\" 3 false false",
    "--out d -- --help, --help d 3 false false",
    "--out d=e=f a, a d=e=f 3 false false"
  })
  void optionsStandAnywhereAndTakeTheirValueEitherWay(String words, String answer) {
    assertThat(run(words)).isEqualTo(7);
    assertThat(out).hasToString(answer);
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "a, --out=DIR is missing",
    "--out d, FILE is missing",
    "--out d a b, '\"b\" is more than x copy takes'",
    "--out, --out needs a value",
    "--out --fast a, --out needs a value",
    "--out d --out e a, --out is there twice",
    "--out d --fst a, unknown option --fst; did you mean --fast?",
    "--ou d a, unknown option --ou; did you mean --out?",
    "--secre --out d a, unknown option --secre",
    "--fast=yes --out d a, --fast takes no value",
    "--count x --out d a, '--count takes a whole number, not \"x\"'",
    "--count 0 --out d a, '--count takes a whole number, not \"0\"'"
  })
  void wrongUsageIsNamed(String words, String message) {
    assertThat(run(words)).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString().lines())
        .containsExactly(message, "Usage: x copy --out=DIR [--count=N] [--fast] FILE");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void theHelpIsWrappedAndKeepsSecrets() {
    assertThat(run("--fast --wrong -h")).isEqualTo(ExitCode.OK);
    assertThat(out.toString())
        .isEqualTo(
            """
            Usage: x copy --out=DIR [--count=N] [--fast] FILE
            Copies.

            What it takes:
              FILE            what

            Options:
              --out=DIR       where to
              --count=N       how many of them, so so so so so so so so so so so so so so so
                              so so so so so so so so so so so so so so so
              --fast          in a hurry
              -h, --help      show this and end
              -V, --version   say it and end
            """);
  }

  @Test
  void theVersionIsSaidBehindACommandToo() {
    assertThat(run("--out --version")).isEqualTo(ExitCode.OK);
    assertThat(out).hasToString("X 1\n");
  }

  @Test
  void whatNobodyForesawIsAFailureWithATrace() {
    assertThat(run("--out d bad")).isEqualTo(ExitCode.FAILURE);
    assertThat(err.toString()).startsWith("java.lang.IllegalStateException: unforeseen");
  }
}
