/** Where media objects are kept, and the one scheme that names them. */
@NullMarked
package io.streaminfa.storage;

import org.jspecify.annotations.NullMarked;
