/** content. */
package io.holdfast.content;
