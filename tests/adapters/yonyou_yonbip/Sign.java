import java.nio.charset.StandardCharsets;
import java.net.URLEncoder;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The JDK's own HMAC of a text: its Base64, and that as part of a URL. Arguments: secret, text. */
public final class Sign {
    public static void main(String[] given) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(given[0].getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        byte[] digest = mac.doFinal(given[1].getBytes(StandardCharsets.UTF_8));
        String text = Base64.getEncoder().encodeToString(digest);
        System.out.println(text);
        System.out.println(URLEncoder.encode(text, StandardCharsets.UTF_8));
    }
}
