package io.streaminfa.delivery;

/** Whether a stream was there once, so that its URLs say 410 and not 404. Never blocks. */
@FunctionalInterface
public interface DeletedStreams {
  /**
   * @param streamId the first part of an object key, not checked
   */
  boolean isDeleted(String streamId);
}
