package io.streaminfa.control;

import io.streaminfa.events.OutboxException;
import io.streaminfa.ingest.upload.UploadRejected;
import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.StreamException;
import io.streaminfa.webhooks.WebhookException;
import io.vertx.core.http.HttpMethod;

/**
 * One route of the API.
 *
 * @param path with parameters as {@code :name}
 */
record Endpoint(
    HttpMethod method, String path, Access access, Body body, Answer answer, Action action) {
  /** Who may call it. */
  enum Access {
    OPEN,
    ADMIN
  }

  /** What it reads. */
  enum Body {
    /** A body is discarded unread. */
    NONE,
    JSON,
    /** The action reads it while it arrives, or answers without it. */
    ARRIVING
  }

  /** How it answers. */
  enum Answer {
    WHOLE,
    /**
     * The action writes for as long as it likes, through {@link ApiRequest#streamed}; it has a
     * limit of its own on how often it runs at once.
     */
    STREAMED
  }

  /** What it does, on a virtual thread of its own; it may block. */
  @FunctionalInterface
  interface Action {
    ApiResponse answer(ApiRequest request)
        throws ProblemException,
            StreamException,
            StorageException,
            UploadRejected,
            OutboxException,
            WebhookException,
            InterruptedException;
  }

  static Endpoint open(HttpMethod method, String path, Action action) {
    return new Endpoint(method, path, Access.OPEN, Body.NONE, Answer.WHOLE, action);
  }

  static Endpoint admin(HttpMethod method, String path, Action action) {
    return new Endpoint(method, path, Access.ADMIN, Body.NONE, Answer.WHOLE, action);
  }

  static Endpoint adminArriving(HttpMethod method, String path, Action action) {
    return new Endpoint(method, path, Access.ADMIN, Body.ARRIVING, Answer.WHOLE, action);
  }

  static Endpoint adminJson(HttpMethod method, String path, Action action) {
    return new Endpoint(method, path, Access.ADMIN, Body.JSON, Answer.WHOLE, action);
  }

  static Endpoint adminStreaming(HttpMethod method, String path, Action action) {
    return new Endpoint(method, path, Access.ADMIN, Body.NONE, Answer.STREAMED, action);
  }
}
