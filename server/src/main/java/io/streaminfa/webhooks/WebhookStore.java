package io.streaminfa.webhooks;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Keeps receivers and what is on its way to them across restarts. Calls may block. */
public interface WebhookStore {
  /** In the order of their making. */
  List<Webhook> loadAll() throws WebhookException;

  /**
   * @param cursor the number of the last event that is not for it
   */
  void add(Webhook webhook, long cursor) throws WebhookException;

  /** With all that waits for it; one that is not there is no error. */
  void remove(String id) throws WebhookException;

  /** The number of the last event that was looked at for a receiver. */
  long cursor(String id) throws WebhookException;

  /** Moves the cursor and adds what was found up to it; both or neither. */
  void enqueue(String id, List<Delivery> deliveries, long cursor) throws WebhookException;

  /**
   * The oldest of those that wait, whose time has come and before which nothing of the same stream
   * waits.
   */
  Optional<Delivery> nextDue(String id, Instant now) throws WebhookException;

  /** When {@link #nextDue} will have one; empty: none waits. */
  Optional<Instant> nextDueAt(String id) throws WebhookException;

  /** Forgets one that was taken. */
  void delivered(String id, Delivery delivery) throws WebhookException;

  /**
   * Saves what an attempt made of a delivery. Of those given up the oldest are forgotten.
   *
   * @param maxFailures how many of those given up are kept
   */
  void attempted(String id, Delivery delivery, int maxFailures) throws WebhookException;

  /** How many wait. */
  int waiting(String id) throws WebhookException;

  /** Those given up, the oldest first. */
  List<Delivery> failures(String id, int limit) throws WebhookException;

  /**
   * Lets all that were given up wait again, due now and with no attempt made.
   *
   * @return how many
   */
  int replay(String id, Instant now) throws WebhookException;
}
