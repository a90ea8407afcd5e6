/** Durable work: what a file is made into, chunk by chunk, across restarts. */
@NullMarked
package io.streaminfa.jobs;

import org.jspecify.annotations.NullMarked;
