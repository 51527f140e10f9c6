/**
 * The folder or file of a Go import path in its repository: without the host, owner and name that modules of the usual hosts begin with, and without
 * a major version (`github.com/acme/shop/v2/cart` is `cart`). Other paths stay; the files of the repository decide about them.
 */
export function repositoryPathOfGo(path: string): string {
  return path
    .replace(/^_(?=\/)/, '')
    .replace(/^(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org)\/[^/]+\/[^/]+(?:\/v\d+)?(?:\/|$)/, '');
}
