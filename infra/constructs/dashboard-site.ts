import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Function as CloudFrontFunction,
  Distribution,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  type ResponseSecurityHeadersBehavior,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** Every script and style is a file of the dashboard itself, and no text becomes markup: see docs/decisions. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const STRICT_TRANSPORT = {
  accessControlMaxAge: Duration.days(365),
  includeSubdomains: true,
  override: true,
} as const;

/**
 * Addresses without a file extension are pages of the dashboard, which are all one file, or the beginning of the guide. Runs at CloudFront, on page
 * requests only.
 */
const PAGES = `function handler(event) {
  var request = event.request;
  if (/\\.[^/]+$/.test(request.uri)) return request;
  if (request.uri === '/guide') return { statusCode: 302, statusDescription: 'Found', headers: { location: { value: '/guide/' } } };
  request.uri = request.uri === '/guide/' ? '/guide/index.html' : '/index.html';
  return request;
}
`;

/**
 * The dashboard's address: CloudFront serves the built files from a private bucket and passes `/api/*` on to the HTTP API, so that the page needs
 * no other origin. The files themselves come with `DashboardStack`.
 */
export class DashboardSite extends Construct {
  readonly bucket: Bucket;
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, { apiId }: { readonly apiId: string }) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Files', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      // Holds nothing but what was built; the stack of the files empties it.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    acknowledge(
      this.bucket,
      'S1',
      'The files are public by intent and the same for everybody: nobody reads who fetched them.',
    );
    const files = S3BucketOrigin.withOriginAccessControl(this.bucket as IBucket);
    const ofFiles = (name: string, cacheControl: string): BehaviorOptions => ({
      origin: files,
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
      compress: true,
      responseHeadersPolicy: this.headers(name, cacheControl),
    });
    this.distribution = new Distribution(this, 'Distribution', {
      comment: 'Selfheal: dashboard and API',
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      defaultRootObject: 'index.html',
      defaultBehavior: {
        ...ofFiles('PageHeaders', 'no-cache'),
        // A page names the assets of one build, so a stale one would ask for files of another.
        cachePolicy: CachePolicy.CACHING_DISABLED,
        functionAssociations: [
          {
            function: new CloudFrontFunction(this, 'Pages', {
              code: FunctionCode.fromInline(PAGES),
              runtime: FunctionRuntime.JS_2_0,
            }),
            eventType: FunctionEventType.VIEWER_REQUEST,
          },
        ],
      },
      additionalBehaviors: {
        '/api/*': {
          origin: new HttpOrigin(`${apiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`, {
            protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
          }),
          viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
          allowedMethods: AllowedMethods.ALLOW_ALL,
          cachePolicy: CachePolicy.CACHING_DISABLED,
          originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
          responseHeadersPolicy: new ResponseHeadersPolicy(this, 'ApiHeaders', {
            securityHeadersBehavior: { strictTransportSecurity: STRICT_TRANSPORT },
          }),
        },
        // Their names contain a hash of what they hold.
        '/assets/*': {
          ...ofFiles('AssetHeaders', 'public, max-age=31536000, immutable'),
          cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        },
      },
    });
    acknowledge(this.distribution, 'CFR1', 'Who is on call may be in any country; the sign-in decides, not the place.');
    acknowledge(
      this.distribution,
      'CFR2',
      'The files are static and the API is throttled; a firewall is the choice of the account that deploys.',
    );
    acknowledge(
      this.distribution,
      'CFR3',
      'The HTTP API behind it has an access log; fetching the files says nothing.',
    );
    acknowledge(
      this.distribution,
      'CFR4',
      'The default certificate of CloudFront sets the TLS policy; a domain of your own brings its own.',
    );
  }

  /** Address without a trailing slash. */
  get url(): string {
    return `https://${this.distribution.distributionDomainName}`;
  }

  private headers(name: string, cacheControl: string): ResponseHeadersPolicy {
    const securityHeadersBehavior: ResponseSecurityHeadersBehavior = {
      contentSecurityPolicy: { contentSecurityPolicy: PAGE_POLICY, override: true },
      strictTransportSecurity: STRICT_TRANSPORT,
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
      referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
    };
    const custom = {
      'cache-control': cacheControl,
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    };
    return new ResponseHeadersPolicy(this, name, {
      securityHeadersBehavior,
      customHeadersBehavior: {
        customHeaders: Object.entries(custom).map(([header, value]) => ({ header, value, override: true })),
      },
    });
  }
}
