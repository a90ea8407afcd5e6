package io.streaminfa.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectStore.Deleted;
import io.streaminfa.storage.StorageException;
import io.streaminfa.storage.StorageException.Kind;
import io.streaminfa.storage.s3.ScriptedS3.Answer;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Conversations of several requests, with services that behave badly in the middle of them. */
final class S3RequestsTest {
  private static final ObjectKey KEY = new ObjectKey("s/large");

  private static S3ObjectStore store(ScriptedS3 server) {
    return new S3ObjectStore(server.settings(), (key, data, store) -> "x", _ -> {}, _ -> {});
  }

  private static Answer list(String... keys) {
    StringBuilder xml = new StringBuilder("<?xml version=\"1.0\"?><ListBucketResult>");
    for (String key : keys) {
      xml.append("<Contents><Key>").append(key).append("</Key><Size>3</Size>");
      xml.append("<ETag>\"t\"</ETag></Contents>");
    }
    return Answer.of(200, xml.append("</ListBucketResult>").toString());
  }

  private static Answer deleted(String errors) {
    return Answer.of(200, "<?xml version=\"1.0\"?><DeleteResult>" + errors + "</DeleteResult>");
  }

  private static List<String> methods(ScriptedS3 server) {
    return server.requests().stream()
        .map(request -> request.substring(0, request.indexOf(' ')))
        .toList();
  }

  @Test
  void anUploadWhosePartFailsIsAborted() throws Exception {
    Answer started =
        Answer.of(
            200,
            "<?xml version=\"1.0\"?><InitiateMultipartUploadResult><UploadId>id-1</UploadId>"
                + "</InitiateMultipartUploadResult>");
    Answer part = Answer.of(200, "").with("ETag", "\"part\"");
    try (ScriptedS3 server =
            new ScriptedS3(started, part, Answer.error(403, "AccessDenied"), Answer.of(204, ""));
        S3ObjectStore store = store(server)) {
      assertThatThrownBy(() -> store.put(KEY, ByteBuffer.allocate(20 << 20)))
          .hasMessageContaining("part 2 of s/large");
      assertThat(methods(server)).containsExactly("POST", "PUT", "PUT", "DELETE");
      assertThat(server.requests().getLast()).contains("uploadId=id-1");
    }
  }

  @Test
  void aPartThatFailsOnceIsSentAgainAlone() throws Exception {
    Answer started =
        Answer.of(
            200,
            "<?xml version=\"1.0\"?><InitiateMultipartUploadResult><UploadId>id-1</UploadId>"
                + "</InitiateMultipartUploadResult>");
    Answer part = Answer.of(200, "").with("ETag", "\"part\"");
    Answer complete =
        Answer.of(
            200,
            "<?xml version=\"1.0\"?><CompleteMultipartUploadResult><ETag>\"all\"</ETag>"
                + "</CompleteMultipartUploadResult>");
    try (ScriptedS3 server =
            new ScriptedS3(
                started, part, Answer.error(500, "InternalError"), part, part, complete);
        S3ObjectStore store = store(server)) {
      store.put(KEY, ByteBuffer.allocate(20 << 20));
      assertThat(methods(server)).containsExactly("POST", "PUT", "PUT", "PUT", "PUT", "POST");
    }
  }

  @Test
  void objectsThatCannotBeDeletedAreNamed() throws Exception {
    String error =
        "<Error><Key>s/b</Key><Code>AccessDenied</Code><Message>locked</Message></Error>";
    try (ScriptedS3 server = new ScriptedS3(list("s/a", "s/b"), deleted(error));
        S3ObjectStore store = store(server)) {
      assertThatThrownBy(() -> store.deletePrefix("s/"))
          .hasMessage("cannot delete s/: 1 objects stay, the first is s/b (AccessDenied locked)")
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DENIED));
    }
  }

  @Test
  void anObjectThatSomebodyElseDeletedIsNoError() throws Exception {
    String error = "<Error><Key>s/a</Key><Code>NoSuchKey</Code></Error>";
    try (ScriptedS3 server = new ScriptedS3(list("s/a"), deleted(error), list());
        S3ObjectStore store = store(server)) {
      assertThat(store.deletePrefix("s/")).isEqualTo(new Deleted(1, 3));
    }
  }

  @Test
  void aServiceWithoutBatchesIsAskedOnceForThem() throws Exception {
    Answer done = Answer.of(204, "");
    try (ScriptedS3 server =
            new ScriptedS3(
                list("s/a", "s/b"),
                Answer.error(501, "NotImplemented"),
                done,
                done,
                list("s/c"),
                done,
                list());
        S3ObjectStore store = store(server)) {
      assertThat(store.deletePrefix("s/")).isEqualTo(new Deleted(3, 9));
      assertThat(methods(server))
          .containsExactly("GET", "POST", "DELETE", "DELETE", "GET", "DELETE", "GET");
    }
  }

  @Test
  void aListThatDoesNotGoOnIsAnError() throws Exception {
    try (ScriptedS3 server = new ScriptedS3(list("s/a", "s/b"));
        S3ObjectStore store = store(server)) {
      assertThatThrownBy(() -> store.list("s/", Optional.empty(), 100))
          .hasMessageContaining("does not go on after s/b");
    }
  }

  @Test
  void whatIsNoObjectOfOursIsNotListed() throws Exception {
    try (ScriptedS3 server = new ScriptedS3(list("s/", "s/a", "s/b c"), list());
        S3ObjectStore store = store(server)) {
      assertThat(store.list("s/", Optional.empty(), 100))
          .singleElement()
          .satisfies(info -> assertThat(info.key()).isEqualTo(new ObjectKey("s/a")));
    }
  }

  @Test
  void anAnswerThatIsNoXmlIsAnError() throws Exception {
    try (ScriptedS3 server = new ScriptedS3(Answer.of(200, "<html>a portal<br></html>"));
        S3ObjectStore store = store(server)) {
      assertThatThrownBy(() -> store.list("s/", Optional.empty(), 100))
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CORRUPT));
    }
  }

  @Test
  void pathStyleAndRegionAreThoseOfTheSettings() throws Exception {
    try (ScriptedS3 server = new ScriptedS3(Answer.of(200, "").with("ETag", "\"t\""));
        S3ObjectStore store = store(server)) {
      assertThat(server.requests()).isEmpty();
      store.put(KEY, ByteBuffer.allocate(1));
      assertThat(server.requests()).containsExactly("PUT /media/s/large");
    }
  }
}
