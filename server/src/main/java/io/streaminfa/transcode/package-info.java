/** Plans the ladder of a source and runs the worker process that encodes it. */
@NullMarked
package io.streaminfa.transcode;

import org.jspecify.annotations.NullMarked;
