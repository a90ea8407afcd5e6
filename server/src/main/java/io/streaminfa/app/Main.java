package io.streaminfa.app;

import io.streaminfa.cli.Program;
import java.io.PrintWriter;
import java.util.List;

/** The command line. */
public final class Main {
  private static final Program PROGRAM =
      new Program(
          "streaminfa",
          "RTMP and files in, adaptive HLS out of your own storage.",
          Version::lines,
          List.of(
              new ServeCommand(),
              new TranscodeCommand(),
              new UploadCommand(),
              new ConfigCommand(),
              new DoctorCommand()),
          List.of(
              "Exit codes: 0 a clean end, by a signal too; 1 a failure; 2 wrong usage or"
                  + " settings."));

  private Main() {}

  /** Ends the process with the command's exit code. */
  public static void main(String[] args) {
    System.exit(
        run(
            args,
            new PrintWriter(System.out, true, System.out.charset()),
            new PrintWriter(System.err, true, System.err.charset())));
  }

  static int run(String[] args, PrintWriter out, PrintWriter err) {
    return PROGRAM.run(List.of(args), out, err);
  }
}
