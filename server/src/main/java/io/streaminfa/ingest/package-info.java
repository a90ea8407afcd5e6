/** The ports through which any ingest protocol hands a publisher to the pipeline. */
@NullMarked
package io.streaminfa.ingest;

import org.jspecify.annotations.NullMarked;
