package io.streaminfa.bench;

import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** The JMH benchmarks; JMH prints their table itself. */
final class MicroScenario {
  private MicroScenario() {}

  /**
   * @param filter a regular expression on the benchmarks' names
   * @param quick one iteration of 200 ms in this process, which measures nothing
   */
  static void run(String filter, boolean quick) throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder().include(filter).shouldFailOnError(true).shouldDoGC(true);
    if (quick) {
      TimeValue moment = TimeValue.milliseconds(200);
      options
          .forks(0)
          .warmupIterations(1)
          .warmupTime(moment)
          .measurementIterations(1)
          .measurementTime(moment);
    }
    new Runner(options.build()).run();
  }
}
