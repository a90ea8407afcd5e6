/** Files over HTTP, in one request or resumably, from the wire to a file on the disk. */
@NullMarked
package io.streaminfa.ingest.upload;

import org.jspecify.annotations.NullMarked;
