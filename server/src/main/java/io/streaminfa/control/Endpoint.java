package io.streaminfa.control;

import io.streaminfa.ingest.upload.UploadRejected;
import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.StreamException;
import io.vertx.core.http.HttpMethod;

/**
 * One route of the API.
 *
 * @param path with parameters as {@code :name}
 */
record Endpoint(HttpMethod method, String path, Access access, Body body, Action action) {
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

  /** What it does, on a virtual thread of its own; it may block. */
  @FunctionalInterface
  interface Action {
    ApiResponse answer(ApiRequest request)
        throws ProblemException,
            StreamException,
            StorageException,
            UploadRejected,
            InterruptedException;
  }

  static Endpoint open(HttpMethod method, String path, Action action) {
    return new Endpoint(method, path, Access.OPEN, Body.NONE, action);
  }

  static Endpoint admin(HttpMethod method, String path, Action action) {
    return new Endpoint(method, path, Access.ADMIN, Body.NONE, action);
  }

  static Endpoint adminArriving(HttpMethod method, String path, Action action) {
    return new Endpoint(method, path, Access.ADMIN, Body.ARRIVING, action);
  }

  static Endpoint adminJson(HttpMethod method, String path, Action action) {
    return new Endpoint(method, path, Access.ADMIN, Body.JSON, action);
  }
}
