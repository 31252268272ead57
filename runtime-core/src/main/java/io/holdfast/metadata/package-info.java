/**
 * What Holdfast remembers: one SQLite database, a table a kind, a row of versioned JSON a record, and the names that
 * follow from the records.
 *
 * <p>Owns {@code <root>/holdfast.db}. Nothing else writes state.
 */
package io.holdfast.metadata;
