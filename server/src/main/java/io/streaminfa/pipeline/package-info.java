/** Wires the stages of one stream, owns its threads, and closes them in the order media flows. */
@NullMarked
package io.streaminfa.pipeline;

import org.jspecify.annotations.NullMarked;
