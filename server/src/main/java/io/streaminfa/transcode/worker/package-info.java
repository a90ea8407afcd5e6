/** What runs in the worker process: decoding, scaling and encoding with FFmpeg. */
@NullMarked
package io.streaminfa.transcode.worker;

import org.jspecify.annotations.NullMarked;
