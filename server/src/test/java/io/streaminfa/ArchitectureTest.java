package io.streaminfa;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The direction of the packages and what holds in all of them. */
class ArchitectureTest {
  private static final String ROOT = "io.streaminfa";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  /**
   * What each package, with those below it, may use besides itself, the JDK and libraries. The
   * longest name counts: {@code media.bytes} is not ruled by {@code media}.
   */
  private static final Map<String, List<String>> MAY_USE =
      Map.ofEntries(
          entry("units", List.of()),
          entry("observability", List.of()),
          entry("media", List.of("units")),
          entry("media.bytes", List.of("media")),
          entry("media.codec", List.of("media", "media.bytes", "units")),
          entry("media.flv", List.of("media", "media.bytes", "media.codec", "units")),
          entry("media.mp4", List.of("media", "media.bytes", "media.codec", "units")),
          entry("stream", List.of("units", "observability")),
          entry("storage", List.of("units", "observability")),
          entry("storage.s3", List.of("storage", "units", "observability")),
          entry("auth", List.of("stream", "observability")),
          entry("jobs", List.of("stream", "units", "observability")),
          entry("events", List.of("stream", "observability")),
          entry("webhooks", List.of("events", "stream", "observability")),
          entry(
              "state",
              List.of("stream", "events", "webhooks", "jobs", "storage", "units", "observability")),
          entry("cluster", List.of("stream", "jobs", "units", "observability")),
          entry("ingest", allMediaAnd("units", "observability")),
          entry("ingest.upload", List.of("ingest", "stream", "observability")),
          entry("transcode", allMediaAnd("units", "observability")),
          entry("transcode.worker", allMediaAnd("transcode", "units")),
          entry(
              "packager",
              allMediaAnd(
                  "packager.hls", "transcode", "storage", "stream", "units", "observability")),
          entry("packager.hls", List.of("media", "media.codec", "units")),
          entry(
              "pipeline",
              allMediaAnd(
                  "ingest",
                  "ingest.upload",
                  "transcode",
                  "packager",
                  "packager.hls",
                  "storage",
                  "stream",
                  "jobs",
                  "auth",
                  "units",
                  "observability")),
          entry(
              "delivery",
              List.of(
                  "packager",
                  "packager.hls",
                  "storage",
                  "stream",
                  "auth",
                  "units",
                  "observability")),
          entry(
              "control",
              List.of(
                  "ingest.upload",
                  "stream",
                  "events",
                  "webhooks",
                  "storage",
                  "pipeline",
                  "jobs",
                  "auth",
                  "units",
                  "observability")),
          entry(
              "stress",
              List.of("stream", "state", "events", "storage", "packager", "packager.hls", "units")),
          entry("cli", List.of("config")),
          entry(
              "config",
              List.of(
                  "auth",
                  "control",
                  "delivery",
                  "ingest",
                  "observability",
                  "packager",
                  "storage",
                  "transcode",
                  "units",
                  "webhooks")));

  private static List<String> allMediaAnd(String... others) {
    return Stream.concat(
            Stream.of("media", "media.bytes", "media.codec", "media.flv", "media.mp4"),
            Stream.of(others))
        .toList();
  }

  /** The package of the table that rules a class; app, which may use all, is none of them. */
  private static String ruledBy(JavaClass type) {
    String name = type.getPackageName();
    return MAY_USE.keySet().stream()
        .filter(p -> (name + ".").startsWith(ROOT + "." + p + "."))
        .max((a, b) -> Integer.compare(a.length(), b.length()))
        .orElse("");
  }

  static Stream<String> packages() {
    return MAY_USE.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("packages")
  void aPackageUsesOnlyWhatItMay(String name) {
    Predicate<JavaClass> isAllowed =
        type ->
            !type.getPackageName().startsWith(ROOT)
                || ruledBy(type).equals(name)
                || MAY_USE.getOrDefault(name, List.of()).contains(ruledBy(type));
    classes()
        .that(describe("are in " + name, type -> ruledBy(type).equals(name)))
        .should()
        .onlyDependOnClassesThat(describe("are in what it may use", isAllowed))
        .because("media flows one way, and what is below must be usable without what is above")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void everyPackageHasARule() {
    Set<String> without = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      if (ruledBy(type).isEmpty()) {
        without.add(type.getPackageName());
      }
    }
    assertThat(without).isSubsetOf(ROOT, ROOT + ".app");
  }

  @Test
  void packagesHaveNoCycles() {
    slices()
        .matching(ROOT + ".(**)")
        .should()
        .beFreeOfCycles()
        .because("a cycle is one package in two places")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void onlyTheWorkerKnowsFfmpeg() {
    noClasses()
        .that(resideOutsideOfPackage(ROOT + ".transcode.worker.."))
        .should()
        .dependOnClassesThat(resideInAPackage("org.bytedeco.."))
        .because("a native crash must end a worker process and never the server")
        .check(CLASSES);
  }

  @Test
  void onlyTheHttpSideKnowsVertx() {
    noClasses()
        .that(
            describe(
                "are not on the HTTP side",
                resideInAnyPackage(
                        ROOT + ".control..",
                        ROOT + ".delivery..",
                        ROOT + ".ingest.upload..",
                        ROOT + ".app..")
                    .negate()))
        .should()
        .dependOnClassesThat(resideInAnyPackage("io.vertx..", "io.netty.."))
        .because("the media path is blocking code on virtual threads, without an event loop")
        .check(CLASSES);
  }

  @Test
  void onlyTheSettingsKnowToml() {
    noClasses()
        .that(resideOutsideOfPackage(ROOT + ".config.."))
        .should()
        .dependOnClassesThat(resideInAPackage("org.tomlj.."))
        .because("every other class gets its settings as a record")
        .check(CLASSES);
  }

  @Test
  void onlyTheS3StoreKnowsTheAwsSdk() {
    noClasses()
        .that(resideOutsideOfPackage(ROOT + ".storage.s3.."))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("software.amazon..", "org.apache.hc..", "org.reactivestreams.."))
        .because("every other class sees an ObjectStore")
        .check(CLASSES);
  }

  @Test
  void onlyTheStateStoreKnowsSql() {
    noClasses()
        .that(resideOutsideOfPackage(ROOT + ".state.."))
        .should()
        .dependOnClassesThat(resideInAnyPackage("java.sql..", "javax.sql..", "org.sqlite.."))
        .because("the registry and the queue have another store on many machines")
        .check(CLASSES);
  }

  @Test
  void everythingLogsThroughSlf4j() {
    noClasses()
        .that(resideOutsideOfPackage(ROOT + ".observability.."))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("java.util.logging..", "ch.qos.logback..", "net.logstash.."))
        .because("a line that goes another way is neither formatted nor redacted")
        .check(CLASSES);
  }

  @Test
  void onlyAPersonsCommandAndTheChildProcessPrint() {
    noClasses()
        .that(
            describe(
                "are neither the command line nor the worker",
                resideInAnyPackage(ROOT + ".app..", ROOT + ".transcode.worker..").negate()))
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .because("standard output is the log")
        .check(CLASSES);
  }

  @Test
  void locksAreObjectsWithNames() {
    methods()
        .should()
        .notHaveModifier(JavaModifier.SYNCHRONIZED)
        .because("a ReentrantLock with @GuardedBy says what it guards")
        .check(CLASSES);
  }

  @Test
  void nothingStaticChanges() {
    fields()
        .that()
        .areStatic()
        .should()
        .beFinal()
        .because("two servers in one process, as tests have them, must not know of each other")
        .check(CLASSES);
  }

  @Test
  void namesSayWhatAClassIs() {
    Pattern empty = Pattern.compile("(Base|Abstract)[A-Z].*|.*(Util|Helper|Manager|Impl)s?");
    assertThat(CLASSES.stream().map(JavaClass::getSimpleName).filter(empty.asMatchPredicate()))
        .as("such a name fits every class, so it tells nothing of this one")
        .isEmpty();
  }
}
