package io.streaminfa.observability;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import net.logstash.logback.encoder.LogstashEncoder;
import net.logstash.logback.fieldnames.LogstashFieldNames;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Sets up logging in code: reading an XML file would cost a tenth of the start. */
public final class Logging {
  static final String STANDARD_OUTPUT = "System.out";
  static final String STANDARD_ERROR = "System.err";

  /** Libraries that say at info what only their own developers want to know. */
  private static final List<String> TALKATIVE = List.of("io.netty", "io.vertx");

  private Logging() {}

  /**
   * Logs to standard output from now on.
   *
   * @param secrets of the settings, which never appear in a line
   */
  public static void configure(ObservabilitySettings settings, Collection<String> secrets) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    root.setLevel(Level.valueOf(settings.logLevel()));
    Level forTalkative =
        Level.WARN.isGreaterOrEqual(root.getLevel()) ? Level.WARN : root.getLevel();
    TALKATIVE.forEach(name -> context.getLogger(name).setLevel(forTalkative));
    root.addAppender(
        appender(context, settings.logFormat(), new Redaction(secrets), STANDARD_OUTPUT));
    redirectOtherLogging();
  }

  /** Vert.x, the JDK and others that log through their own ways end in the same lines. */
  private static void redirectOtherLogging() {
    // Read once by Vert.x when its first class is loaded.
    System.setProperty(
        "vertx.logger-delegate-factory-class-name",
        "io.vertx.core.logging.SLF4JLogDelegateFactory");
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  static Appender<ILoggingEvent> appender(
      LoggerContext context, String format, Redaction redaction, String target) {
    RedactingEncoder encoder = new RedactingEncoder(encoder(context, format), redaction);
    encoder.setContext(context);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setName("console");
    appender.setTarget(target);
    appender.setEncoder(encoder);
    appender.start();
    return appender;
  }

  private static Encoder<ILoggingEvent> encoder(LoggerContext context, String format) {
    return format.equals("json") ? jsonEncoder() : prettyEncoder(context);
  }

  private static Encoder<ILoggingEvent> jsonEncoder() {
    LogstashFieldNames names = new LogstashFieldNames();
    names.setTimestamp("timestamp");
    names.setLogger("logger");
    names.setThread("thread");
    names.setVersion(LogstashFieldNames.IGNORE_FIELD_INDICATOR);
    names.setLevelValue(LogstashFieldNames.IGNORE_FIELD_INDICATOR);
    LogstashEncoder encoder = new LogstashEncoder();
    encoder.setFieldNames(names);
    encoder.setTimeZone("UTC");
    encoder.setIncludeContext(false);
    return encoder;
  }

  private static Encoder<ILoggingEvent> prettyEncoder(LoggerContext context) {
    PrettyLayout layout = new PrettyLayout(ZoneId.systemDefault());
    layout.setContext(context);
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.setLayout(layout);
    return encoder;
  }
}
