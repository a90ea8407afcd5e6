package io.streaminfa.storage.s3;

import io.streaminfa.storage.StorageException.Kind;
import io.streaminfa.storage.StorageSettings;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/** Reads what the SDK throws: the cause, in an operator's words, and whether it may pass. */
final class S3Failures {
  /** Quotas and full disks of AWS, Ceph and MinIO. */
  private static final Set<String> FULL =
      Set.of(
          "EntityTooLarge",
          "QuotaExceeded",
          "ServiceQuotaExceeded",
          "InsufficientStorage",
          "XMinioStorageFull",
          "XMinioAdminBucketQuotaExceeded");

  private static final Set<String> WRONG_REGION =
      Set.of(
          "AuthorizationHeaderMalformed",
          "IllegalLocationConstraintException",
          "PermanentRedirect",
          "TemporaryRedirect",
          "Redirect");

  /** Denied, although some services answer 400. */
  private static final Set<String> BAD_CREDENTIALS =
      Set.of("InvalidAccessKeyId", "InvalidToken", "ExpiredToken", "InvalidSecurity");

  /** What the server received was not what was sent. */
  private static final Set<String> DAMAGED_ON_THE_WAY =
      Set.of("BadDigest", "IncompleteBody", "XAmzContentSHA256Mismatch");

  private static final Set<String> PASSING =
      Set.of("RequestTimeout", "OperationAborted", "ConditionalRequestConflict", "SlowDown");

  private final StorageSettings settings;

  S3Failures(StorageSettings settings) {
    this.settings = settings;
  }

  /**
   * @throws InterruptedException when the failure is that this thread was interrupted
   */
  S3Failure of(SdkException e) throws InterruptedException {
    return switch (e) {
      case AwsServiceException answer -> ofAnswer(answer);
      case ApiCallAttemptTimeoutException _, ApiCallTimeoutException _ ->
          passing(Kind.UNAVAILABLE, noAnswer(), e);
      case AbortedException aborted -> throw interrupted(aborted);
      case SdkException other -> ofClient(other);
    };
  }

  private static InterruptedException interrupted(SdkException e) {
    boolean _ = Thread.interrupted();
    InterruptedException interrupted = new InterruptedException("while S3 was asked");
    interrupted.initCause(e);
    return interrupted;
  }

  static String code(AwsServiceException e) {
    AwsErrorDetails details = e.awsErrorDetails();
    return details == null || details.errorCode() == null ? "" : details.errorCode();
  }

  private S3Failure ofAnswer(AwsServiceException e) {
    String code = code(e);
    int status = e.statusCode();
    if (code.equals("NoSuchBucket")) {
      return lasting(Kind.NO_BUCKET, answer("there is no bucket " + bucket(), e), e);
    }
    if (status == 507 || FULL.contains(code)) {
      return lasting(Kind.FULL, answer("the service takes no more", e), e);
    }
    if (WRONG_REGION.contains(code) || status == 301 || status == 307) {
      return lasting(Kind.DENIED, answer(wrongRegion(e), e), e);
    }
    if (status == 401 || status == 403 || BAD_CREDENTIALS.contains(code)) {
      return lasting(Kind.DENIED, answer(denied(code), e), e);
    }
    if (DAMAGED_ON_THE_WAY.contains(code)) {
      return passing(Kind.CORRUPT, answer("the data arrived damaged", e), e);
    }
    if (status == 501) {
      return lasting(Kind.CORRUPT, answer("the service does not know this request", e), e);
    }
    if (status >= 500 || status == 408 || status == 429 || PASSING.contains(code)) {
      return new S3Failure(
          Kind.UNAVAILABLE, answer("the service fails", e), true, retryAfter(e), e);
    }
    return lasting(Kind.CORRUPT, answer("the service answered what cannot be", e), e);
  }

  private String wrongRegion(AwsServiceException e) {
    String there =
        header(e, "x-amz-bucket-region").map(region -> ", it is in " + region).orElse("");
    return "storage.region or storage.endpoint is not that of bucket " + bucket() + there;
  }

  private String denied(String code) {
    return switch (code) {
      case "InvalidAccessKeyId" -> "the service does not know the key storage.access_key_id";
      case "SignatureDoesNotMatch" ->
          "storage.secret_access_key does not belong to storage.access_key_id";
      case "RequestTimeTooSkewed" -> "this machine's clock is not that of the service";
      case "ExpiredToken", "InvalidToken" -> "the session of the credentials has ended";
      default -> "the credentials may not do this in bucket " + bucket();
    };
  }

  private String bucket() {
    return '"' + settings.bucket() + '"';
  }

  /** The service's own words are its code and its message; neither has a secret. */
  private static String answer(String reason, AwsServiceException e) {
    StringBuilder text = new StringBuilder(reason).append(" (HTTP ").append(e.statusCode());
    if (!code(e).isEmpty()) {
      text.append(' ').append(code(e));
    }
    if (e.requestId() != null) {
      text.append(", request ").append(e.requestId());
    }
    return text.append(')').toString();
  }

  private static Optional<String> header(AwsServiceException e, String name) {
    AwsErrorDetails details = e.awsErrorDetails();
    return details == null || details.sdkHttpResponse() == null
        ? Optional.empty()
        : details.sdkHttpResponse().firstMatchingHeader(name);
  }

  /** RFC 9110, 10.2.3: "Retry-After = HTTP-date / delay-seconds". */
  private static Optional<Duration> retryAfter(AwsServiceException e) {
    return header(e, "Retry-After").flatMap(S3Failures::parseRetryAfter);
  }

  private static Optional<Duration> parseRetryAfter(String value) {
    if (value.matches("[0-9]{1,9}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
    }
    try {
      Instant at = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Optional.of(Duration.between(Instant.now(), at)).filter(Duration::isPositive);
    } catch (DateTimeParseException notADate) {
      return Optional.empty(); // a wish that cannot be read is none; the backoff still holds
    }
  }

  private S3Failure ofClient(SdkException e) throws InterruptedException {
    if (find(e, InterruptedException.class).isPresent() || Thread.currentThread().isInterrupted()) {
      throw interrupted(e);
    }
    Optional<CutBody> cut = find(e, CutBody.class);
    if (cut.isPresent()) {
      return passing(Kind.CORRUPT, String.valueOf(cut.get().getMessage()), e);
    }
    Optional<WrongAnswer> wrong = find(e, WrongAnswer.class);
    if (wrong.isPresent()) {
      return lasting(Kind.CORRUPT, String.valueOf(wrong.get().getMessage()), e);
    }
    if (find(e, UnknownHostException.class).isPresent()) {
      return passing(Kind.UNAVAILABLE, unknownName(), e);
    }
    if (find(e, CertificateException.class).isPresent()) {
      return lasting(
          Kind.UNAVAILABLE, "TLS: the certificate of " + endpoint() + " is not trusted", e);
    }
    Optional<SSLException> tls = find(e, SSLException.class);
    if (tls.isPresent()) {
      return passing(Kind.UNAVAILABLE, "TLS with " + endpoint() + ": " + tls.get().getMessage(), e);
    }
    if (find(e, ConnectTimeoutException.class).isPresent()) {
      return passing(Kind.UNAVAILABLE, endpoint() + " takes no connection in time", e);
    }
    if (find(e, ConnectException.class).isPresent()
        || find(e, NoRouteToHostException.class).isPresent()) {
      return passing(Kind.UNAVAILABLE, "nothing listens at " + endpoint(), e);
    }
    Optional<IOException> io = find(e, IOException.class);
    if (io.isPresent()) {
      return passing(Kind.UNAVAILABLE, "the connection broke: " + io.get().getMessage(), e);
    }
    return String.valueOf(e.getMessage()).contains("credentials")
        ? lasting(Kind.DENIED, "no credentials are set and none were found", e)
        : lasting(Kind.CORRUPT, "the answer cannot be read: " + e.getMessage(), e);
  }

  private String unknownName() {
    return settings.pathStyle()
        ? "the name of " + endpoint() + " is not known"
        : "the name "
            + settings.bucket()
            + ".<host of "
            + endpoint()
            + "> is not known; storage.path_style = true does without it";
  }

  private String noAnswer() {
    return endpoint() + " did not answer within " + settings.requestTimeout().toMillis() + " ms";
  }

  private String endpoint() {
    return settings.endpoint().isEmpty() ? "AWS in " + settings.region() : settings.endpoint();
  }

  private static <T> Optional<T> find(Throwable e, Class<T> type) {
    Throwable cause = e;
    for (int depth = 0; cause != null && depth < 20; depth++) {
      if (type.isInstance(cause)) {
        return Optional.of(type.cast(cause));
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }

  private static S3Failure passing(Kind kind, String reason, SdkException e) {
    return new S3Failure(kind, reason, true, Optional.empty(), e);
  }

  private static S3Failure lasting(Kind kind, String reason, SdkException e) {
    return new S3Failure(kind, reason, false, Optional.empty(), e);
  }
}
